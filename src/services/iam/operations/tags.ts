import type { Tag } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { type Home, homeOf } from '../home.ts';
import type { Bounded, Entity, EntityTable } from '../store/entities.ts';
import type { Tagged } from '../store/model.ts';
import { type KeyStyle, tagPage, withoutTags, withTags } from '../tags.ts';

/** A kind of what has tags, and how an input names one of it. */
export interface Taggable<Input, T extends Entity & Bounded & Tagged> {
  table: EntityTable<T>;
  style: KeyStyle;
  /** @throws NoSuchEntityException */
  find(home: Home, input: Input): T;
}

interface ListInput {
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

interface ListOutput {
  Tags: Tag[];
  IsTruncated: boolean;
  Marker?: string;
}

type TagInput = { Tags: Tag[] | undefined };
type UntagInput = { TagKeys: string[] | undefined };

/** TagRole, TagUser, TagPolicy, … */
export function tag<Input, T extends Entity & Bounded & Tagged>({
  table,
  style,
  find,
}: Taggable<Input, T>): Operation<Input & TagInput, object> {
  return (input, call) => {
    const entity = find(homeOf(call), input);
    table.update({ ...entity, tags: withTags(entity.tags, input.Tags!, style) });
    return {};
  };
}

/** UntagRole, UntagUser, UntagPolicy, … Keys that are not there do not matter. */
export function untag<Input, T extends Entity & Bounded & Tagged>({
  table,
  style,
  find,
}: Taggable<Input, T>): Operation<Input & UntagInput, object> {
  return (input, call) => {
    const entity = find(homeOf(call), input);
    table.update({ ...entity, tags: withoutTags(entity.tags, input.TagKeys!, style) });
    return {};
  };
}

/** ListRoleTags, ListUserTags, ListPolicyTags, … */
export function listTags<Input, T extends Entity & Bounded & Tagged>({
  style,
  find,
}: Taggable<Input, T>): Operation<Input & ListInput, ListOutput> {
  return (input, call) => tagPage(find(homeOf(call), input).tags, input, style);
}
