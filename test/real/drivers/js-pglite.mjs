import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { packages } from "./load.mjs";

const { PGlite } = await import(
  pathToFileURL(join(packages, "@electric-sql/pglite/dist/index.js")).href
);
const database = await PGlite.create();
await database.exec(
  "create table t as select i, md5(i::text) as h from generate_series(1, 5000) i; create index on t(h)",
);
const { rows } = await database.query(
  "select left(h, 1) as k, count(*)::int as n, min(h) as first from t group by 1 order by 1",
);
for (const row of rows) console.log(row.k, row.n, row.first);
await database.close();
