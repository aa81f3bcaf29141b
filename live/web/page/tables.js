// Numbers as CSV and XLSX. Knows no panel.
import { workbook } from "./api.js";
import { save } from "./dom.js";

const SIGNED_NUMBER = /^[+-][0-9]+(?:[.,][0-9]+)*%?$/;

/** One cell: quoted where it must be, and never a formula to a spreadsheet (as live/outputs/csv_rows.py). */
function cell(value) {
  if (typeof value === "number") return String(value);
  let text = value ?? "";
  if (/^[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text.trimStart()) && !SIGNED_NUMBER.test(text)) text = `'${text}`;
  return /[,;"\t\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as a CSV file; the mark at its beginning tells spreadsheets that it is UTF-8. */
export const csv = (rows) => `\ufeff${rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;

export const saveCsv = (rows, name) => save(new Blob([csv(rows)], { type: "text/csv;charset=utf-8" }), name);

export const saveXlsx = async (sheets, name) => save(await workbook(sheets), name);
