import { existsSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";

/** Says why a query has no answer: DuckDB is not there, a file is not, or DuckDB's own words. */
export class QueryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "QueryError";
  }
}

/** An answer: a table. */
export interface Answer {
  readonly columns: readonly string[];
  /** Whole numbers beyond 2^53 are text. */
  readonly rows: readonly (readonly unknown[])[];
}

// All columns are named, so that a query means the same whatever the files have.
const columnsOf = (type: string, names: string): Record<string, string> =>
  Object.fromEntries(names.split(" ").map((name) => [name, type]));

const benchColumns = {
  ...columnsOf("VARCHAR", "schema run machine arm runtime version tier family module"),
  ...columnsOf("VARCHAR", "moduleSha256 size level metric unit by func syscall thread"),
  ...columnsOf("TIMESTAMPTZ", "time"),
  ...columnsOf("BIGINT", "armIndex block process iteration calls load"),
  ...columnsOf("DOUBLE", "value steal"),
};
const failureColumns = columnsOf("VARCHAR", "failed message");
const findingColumns = {
  ...columnsOf("VARCHAR", "kind evidence cause"),
  ...columnsOf("DOUBLE", "factor"),
};
const ofValues = ["metric", "unit", "by", "value", "calls", "syscall", "thread"];
const ofRuns = "tier family moduleSha256 level block process iteration steal load".split(" ");
const machineColumns = {
  ...columnsOf("VARCHAR", "cpu kernel os arch virtual node"),
  ...columnsOf("BIGINT", "cores memoryBytes"),
};

// The tables that can be asked.
const tables: readonly {
  readonly name: string;
  readonly schema: string;
  readonly without: readonly string[];
}[] = [
  {
    name: "records",
    schema: "wasmscope-bench-1",
    without: Object.keys({ ...failureColumns, ...findingColumns, ...machineColumns }),
  },
  {
    name: "failures",
    schema: "wasmscope-bench-failure-1",
    without: [...ofValues, "func", ...Object.keys({ ...findingColumns, ...machineColumns })],
  },
  {
    name: "findings",
    schema: "wasmscope-finding-1",
    without: [...ofValues, ...ofRuns, ...Object.keys({ ...failureColumns, ...machineColumns })],
  },
  {
    name: "machines",
    schema: "wasmscope-machine-1",
    without: [
      ...Object.keys(benchColumns).filter((name) => name !== "machine" && name !== "schema"),
      ...Object.keys({ ...failureColumns, ...findingColumns }),
    ],
  },
];

/**
 * Answers a query in SQL over files of records, as tables `records`, `failures`, `findings` and `machines`, and writes
 * the answer to a Parquet file if one is named. Throws a `QueryError`.
 */
export async function queryRecords(
  sql: string,
  files: readonly string[],
  parquet?: string,
): Promise<Answer> {
  const absent = files.find((file) => !existsSync(file));
  if (absent !== undefined) throw new QueryError(`${absent}: no such file`);
  const connection = await connect();
  const asked = sql.trim().replace(/;$/, "");
  try {
    await connection.run(`CREATE TABLE lines AS SELECT * FROM ${source(files)}`);
    for (const { name, schema, without } of tables) {
      // BY is a word of SQL, and would have to be quoted.
      const more = without.includes("by") ? "" : ', "by" AS via';
      const left = without.map(quoted).join(", ");
      await connection.run(
        `CREATE VIEW ${name} AS SELECT * EXCLUDE (${left})${more} FROM lines WHERE "schema" = ${literal(schema)}`,
      );
    }
    if (parquet !== undefined) {
      await connection.run(`COPY (${asked}) TO ${literal(parquet)} (FORMAT parquet)`);
    }
    const reader = await connection.runAndReadAll(asked);
    return { columns: reader.columnNames(), rows: reader.getRowsJS().map((row) => row.map(plain)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new QueryError(message.replaceAll(/\s*\n\s*/g, "; "));
  } finally {
    connection.closeSync();
  }
}

async function connect(): Promise<DuckDBConnection> {
  try {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    return await (await DuckDBInstance.create(":memory:")).connect();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND") throw new QueryError(`DuckDB does not start: ${message}`);
    throw new QueryError("queries need DuckDB, which is not there; npm install @duckdb/node-api");
  }
}

function source(files: readonly string[]): string {
  const columns = Object.entries({
    ...benchColumns,
    ...failureColumns,
    ...findingColumns,
    ...machineColumns,
  })
    .map(([name, type]) => `${quoted(name)}: ${literal(type)}`)
    .join(", ");
  const list = files.map(literal).join(", ");
  // A last line that was cut off is no reason to answer nothing.
  return `read_json([${list}], format = 'newline_delimited', ignore_errors = true, columns = {${columns}})`;
}

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const quoted = (name: string): string => `"${name}"`;

function plain(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
