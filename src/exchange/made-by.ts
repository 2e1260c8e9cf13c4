/** What stands in every file that handgrad writes; a test holds it to the version in package.json. */
export const madeBy = 'handgrad 0.1.0';
