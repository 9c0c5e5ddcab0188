/**
 * Calls back before the next picture is drawn, but not more often than every so many milliseconds: nobody reads faster, and each picture
 * has its price.
 */
export function paced(every: number): (callback: () => void) => void {
  let last = 0;
  return (callback) => {
    const draw = () =>
      requestAnimationFrame(() => {
        last = performance.now();
        callback();
      });
    const wait = last + every - performance.now();
    if (wait > 0) window.setTimeout(draw, wait);
    else draw();
  };
}
