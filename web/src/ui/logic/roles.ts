/** The roles that can be chosen for someone. Pure. */
import { type Role, ROLES } from "../../core/rights";

const WORDS: { readonly [role in Role]: string } = {
  visitor: "Visitor",
  member: "Member",
  builder: "Builder",
  moderator: "Moderator",
  owner: "Owner",
};

/** The roles one may give, from the least to the most; the present one always stands among them. */
export function roleChoices(may_give: readonly Role[], present: Role): readonly { readonly value: Role; readonly words: string }[] {
  return ROLES.filter((role) => role === present || may_give.includes(role)).map((role) => ({ value: role, words: WORDS[role] }));
}
