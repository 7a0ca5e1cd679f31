"""The UI kit: KERN templates, template tags, SVG pictures, error pages."""
