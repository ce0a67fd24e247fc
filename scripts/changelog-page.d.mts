export function changelogPage(changelog: string): string;
