"""Pure rules: the document model, sections, states of papers."""
