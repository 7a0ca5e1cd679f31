"""The tables mechanism: columns declared once; files read, mapped and written from them.

The files part is pure Python (no models, no settings; labels may be lazy texts):

* `columns`   what a table consists of (`Table`, `Column`, `ColumnType`)
* `values`    one cell to a value and back (`numbers`, `dates`, `datetext`, `periods`)
* `reading`   CSV, XLSX, ODS into sheets within limits (`archive`, `xmlscan`, `sheets`)
* `headers`   where the header row of a sheet is, which rows are data
* `mapping`   which column of a file is which column of a table
* `writing`   CSV, XLSX, JSON out of rows
* `problems`  the errors of all of them
"""
