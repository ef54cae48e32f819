// What `scripts/build-web.mjs` makes of `web/`, in a module beside the compiled code.

/** The page's script, which stands alone. */
export declare const script: string;
/** The page's style sheet. */
export declare const style: string;
/** SHA-256 in Base64 of the script, for the page's content security policy. */
export declare const scriptHash: string;
/** SHA-256 in Base64 of the style sheet. */
export declare const styleHash: string;

/** The same of the page that shows measurements. */
export declare const benchScript: string;
export declare const benchScriptHash: string;
export declare const benchStyle: string;
export declare const benchStyleHash: string;
