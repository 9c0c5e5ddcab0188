import type { Locator, Page } from 'playwright-core';

/** The code editor of a page of the console. */
export function codeIn(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Code' });
}

/** The code in it. */
export function codeOf(page: Page): Promise<string> {
  return codeIn(page).evaluate((content) =>
    [...content.querySelectorAll('.cm-line')].map(({ textContent }) => textContent).join('\n'),
  );
}

/** Types code in place of what is there, as who pastes it. */
export async function typeCode(page: Page, code: string): Promise<void> {
  await codeIn(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(code);
}

export function isFocused(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => element.matches(':focus'));
}
