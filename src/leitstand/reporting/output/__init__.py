"""Writers of papers: one document in, a file out (HTML, PDF, DOCX, XLSX)."""
