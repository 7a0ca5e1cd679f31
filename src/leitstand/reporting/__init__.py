"""Committee reporting: reports, inquiries, resolutions; papers from one document model."""
