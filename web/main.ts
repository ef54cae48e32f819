import type { ReportData } from "../src/report/report-data.ts";
import { App } from "./app.ts";
import { modelOf } from "./model.ts";

const data = JSON.parse(document.getElementById("data")!.textContent) as ReportData;
new App(modelOf(data)).mount(document.getElementById("app")!);
