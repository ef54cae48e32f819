import { hideBySeries } from "./bench-legend.ts";
import { sortRows, sortTables } from "./bench-sort.ts";
import { showTips } from "./bench-tips.ts";

hideBySeries();
sortTables();
sortRows();
showTips();
