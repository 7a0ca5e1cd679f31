"""The tables mechanism, files part: columns declared once; files read, mapped, written.

Pure Python: no models, no settings. Labels may be lazy gettext strings.

* `columns`  what a table consists of (`Table`, `Column`, `ColumnType`)
* `values`   one cell to a value and back
* `reading`  CSV, XLSX, ODS into sheets, hostile files refused
* `headers`  where the header row of a sheet is
* `mapping`  which column of a file is which column of a table
* `writing`  CSV, XLSX, JSON out of rows
* `problems` the errors of all of them
"""
