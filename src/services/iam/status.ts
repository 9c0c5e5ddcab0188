/** As AWS calls what works, and what is kept and does not. */
export function statusOf(active: boolean): 'Active' | 'Inactive' {
  return active ? 'Active' : 'Inactive';
}
