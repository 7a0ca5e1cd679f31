"""The shell: start page, navigation, public portal; composed from the registries."""
