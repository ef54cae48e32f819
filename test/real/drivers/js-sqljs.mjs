import { bytesOf, input, require } from "./load.mjs";

const SQL = await require("sql.js")({ wasmBinary: bytesOf("sql.js/dist/sql-wasm.wasm") });
const database = new SQL.Database();
for (const { columns, values } of database.exec(input("bench.sql")))
  console.log(columns.join(), values.map((row) => row.join("|")).join("\n"));
