"""Everything that configures a site besides its documents: settings, language tables, theme, hooks, command options."""
