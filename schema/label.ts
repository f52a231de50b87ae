import 'reflect-metadata';
import { Field, InputType, ObjectType } from 'type-graphql';

/** How every input describes its changes of labels. */
export const ALL_LABELS =
  'All its labels from now on; an empty list removes them. Not together with addLabels or removeLabels.';
export const ADD_LABELS =
  'Labels to add, or to give another value; the others stay, also those that somebody else adds.';
export const REMOVE_LABELS = 'Keys of labels to remove; the others stay. A key that it has not is no error.';

@ObjectType({ description: 'A word that users hang on an instance or image to find it again.' })
export class Label {
  @Field(() => String, { description: 'Unique among the labels of one thing, such as "team" or "example.com/team".' })
  declare readonly key: string;

  @Field(() => String, { description: 'What the key says about the thing; may be empty.' })
  declare readonly value: string;
}

@InputType({ description: 'A label to set or to search for; both parts in the form of Kubernetes labels.' })
export class LabelInput {
  @Field(() => String, {
    description:
      'At most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends; a DNS domain and "/" may ' +
      'stand before it.',
  })
  declare readonly key: string;

  @Field(() => String, {
    description: 'Empty, or at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends.',
  })
  declare readonly value: string;
}
