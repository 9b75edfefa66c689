"""Everything that configures a site besides its documents: settings, language tables, theme, command options."""
