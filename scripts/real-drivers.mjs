export const recipes = [];
