/** Three boxes that hang from each other: else browsers ask servers for an icon. */
export const icon: string = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#c2410c" d="M1 1h14v4H1z"/><path fill="#ea580c" d="M1 6h9v4H1z"/><path fill="#fb923c" d="M4 11h5v4H4z"/></svg>',
)}`;
