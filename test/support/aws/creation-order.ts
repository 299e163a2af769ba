import type { Template } from "./template.ts";

/**
 * Returns the resources that CloudFormation creates before this one and deletes after it: those that its definition
 * references or depends on, directly or transitively.
 */
export const createdBefore = ({ Resources }: Template, name: string): Set<string> => {
  const found = new Set<string>();
  const visit = (resource: string) => {
    for (const next of namesIn(Resources[resource])) {
      if (next === resource || found.has(next) || Resources[next] === undefined) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(name);
  return found;
};

/** The names that a definition, or any part of a template, depends on by DependsOn, Ref, Fn::GetAtt or Fn::Sub. */
export const namesIn = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): string[] => {
    if (key === "Ref" || key === "DependsOn") return [inner].flat().map(String);
    if (key === "Fn::GetAtt") return [String(inner[0])];
    if (key === "Fn::Sub" && typeof inner === "string") {
      return [...inner.matchAll(/\$\{(\w+)[.}]/g)].map(([, name = ""]) => name);
    }
    return namesIn(inner);
  });
};
