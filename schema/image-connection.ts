import 'reflect-metadata';
import { Field, Int, ObjectType } from 'type-graphql';
import { Image } from './image.ts';
import { PageInfo } from './page-info.ts';

@ObjectType({ description: 'An image in a list, with its place.' })
export class ImageEdge {
  @Field(() => String, { description: 'Its place in the list, to be given as `after`. Opaque, and stays good.' })
  declare readonly cursor: string;

  @Field(() => Image, { description: 'The image itself.' })
  declare readonly node: Image;
}

@ObjectType({ description: 'A page of images, newest first.' })
export class ImageConnection {
  @Field(() => [ImageEdge], { description: 'The images of this page with their cursors.' })
  declare readonly edges: ImageEdge[];

  @Field(() => [Image], { description: 'The images of this page.' })
  declare readonly nodes: Image[];

  @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
  declare readonly pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many images the whole list has.' })
  declare readonly totalCount: number;
}
