"""What routing's pages show, made from cases: names, reasons in plain words, contexts of templates."""
