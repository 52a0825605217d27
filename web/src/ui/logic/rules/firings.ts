/** The last firings of a thing's rules in words: when, by whom, and what went wrong with what to do about it. Pure. */
import { type Json, isObject, number, text } from "../../../core/json";
import { isolated } from "../../../core/writing";

export interface Firing {
  readonly rule: string;
  readonly ago_ms: number;
  readonly actor: string | undefined;
  readonly done: boolean;
  readonly reason: string;
  readonly detail: string;
}

/** Reads the answer to `list_firings`, newest first; what is not one is left out. */
export function readFirings(response: Json | undefined): readonly Firing[] {
  const list = isObject(response) ? response["firings"] : undefined;
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap((each): readonly Firing[] => {
    const [rule, ago_ms] = isObject(each) ? [text(each["rule"]), number(each["ago_ms"])] : [];
    if (!isObject(each) || rule === undefined || ago_ms === undefined) return [];
    const [reason, detail] = [text(each["reason"]) ?? "", text(each["detail"]) ?? ""];
    return [{ rule, ago_ms, actor: text(each["actor"]), done: each["outcome"] !== "refused", reason, detail }];
  });
}

/** Why a rule did not do what it says, and what to do. */
const REASONS: { readonly [reason: string]: string } = {
  condition_fails: "Its conditions did not hold.",
  nothing_there: "What it should change is not there: choose something else, or check the tag.",
  not_for_rules: "Rules may not write that: on people only health, armour, ammo, points, score, status, inventory, tag and names of your own.",
  rate_limited: "Too much for everyone to hear at once: give it a pause under “More”, or do less.",
  bad_component: "A value does not fit its component",
  chain_too_long: "Rules set each other off more than 16 times: take one of them out of the circle.",
  too_many_actions: "More than 1,000 changes in one moment: change fewer things, or let some steps wait.",
  too_many_rules_asked: "Too many rules had to be looked at in one moment: let timers run less often.",
  too_many_waiting: "More than 64 of its steps wait already: give it a pause under “More”, or shorter waits.",
  too_many_spawned: "256 copies live already: let each last less long.",
  spawns_itself: "The copy would copy itself again: take the copying rule off what is copied.",
  too_many_places: "More than 4,096 things in the room watch who comes near: this one is not watched.",
  no_such_rule: "The room has no such rule yet: it was not saved.",
  no_game: "There is no game in this room: give a thing the component “game”.",
  no_door: "It is no door: give it the component “door”.",
  unknown_event: "This server does not obey rules yet.",
  off: "It is switched off.",
};

/** Reasons whose detail says more than our sentence. */
const DETAILED: readonly string[] = ["bad_component", "nothing_there", "not_for_rules", "condition_fails"];

/** A refusal by its reason; the room's own words where they say more. */
export function reasonWords(reason: string, detail: string): string {
  const known = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  const said = detail.trim();
  if (known === undefined) return said === "" ? `It was refused: ${reason.replaceAll("_", " ")}.` : closed(said);
  if (said === "" || !DETAILED.includes(reason)) return closed(known);
  return /[.!?…]$/.test(known) ? `${known} (${said})` : `${known}: ${closed(said)}`;
}

function closed(words: string): string {
  return /[.!?…)]$/.test(words) ? words : `${words}.`;
}

/** How long ago, as people say it. */
export function agoWords(ago_ms: number): string {
  const s = Math.max(0, Math.round(ago_ms / 1_000));
  if (s < 1) return "just now";
  if (s < 60) return `${s} s ago`;
  const minutes = Math.round(s / 60);
  return minutes < 60 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}

/** A firing in one line. */
export function firingWords(firing: Firing, nameOf: (entity: string) => string | undefined): string {
  const name = firing.actor === undefined ? undefined : nameOf(firing.actor);
  const by = name === undefined ? "" : ` by ${isolated(name)}`;
  const when = agoWords(firing.ago_ms);
  return firing.done ? `Fired ${when}${by}.` : `Not done ${when}${by}. ${reasonWords(firing.reason, firing.detail)}`;
}
