import type { Page } from '@do/provider'
import type { Capability } from '../expose/capability.ts'
import type { ObjectNamespace } from '../platform/types.ts'
import type { Child, ChildQuery, DescendantQuery, RemoteLifecycle, TreeNode } from '../tree/types.ts'

// biome-ignore lint/suspicious/noExplicitAny: any class of objects, whatever its constructor takes
type AnyClass = abstract new (...args: any[]) => object

/**
 * The binding of a class, for an environment's type: `interface Env { Customer: ObjectBinding<typeof Customer> }`. By it
 * `$.Customer(id)` knows the exposed methods.
 */
export interface ObjectBinding<Class extends AnyClass = AnyClass> extends ObjectNamespace {
  /** In types only. */
  readonly $class?: Class
}

export interface CallOptions {
  /** Milliseconds until nobody waits for the answer any longer; never later than the deadline of the call being served. */
  readonly deadlineMs?: number
}

type AnyMethod = (...args: never[]) => unknown

/** Names of the methods that a class exposes. */
export type ExposedNames<Class extends AnyClass> = Class extends { readonly methods: infer Methods }
  ? keyof Methods & keyof InstanceType<Class> & string
  : never

/** An object of another name, by its exposed methods. Each call may be awaited, or called further at once without waiting. */
export type Remote<Class extends AnyClass> = {
  readonly [Name in ExposedNames<Class>]: RemoteMethod<InstanceType<Class>[Name]>
}

export type RemoteMethod<Method> = Method extends (...args: infer Args) => infer Result
  ? (...args: Args) => RemoteResult<Awaited<Result>>
  : never

export type RemoteResult<Result> = Result extends Capability
  ? Promise<RemoteCapability<Result>> & RemoteCapability<Result> & Disposable
  : Result extends object
    ? Promise<Plain<Result>> & { readonly [Name in keyof Result]: RemoteResult<Result[Name]> }
    : Promise<Result>

/** A capability, by its methods. Those it does not expose are refused at run time. */
export type RemoteCapability<Instance> = {
  readonly [Name in keyof Instance as Instance[Name] extends AnyMethod
    ? Name extends string
      ? Name
      : never
    : never]: RemoteMethod<Instance[Name]>
}

type Plain<Value> = Value extends Capability
  ? RemoteCapability<Value>
  : Value extends readonly unknown[] | Record<string, unknown>
    ? { [Name in keyof Value]: Plain<Value[Name]> }
    : Value

/** `$.Customer(id)` for every binding of the environment that says its class. */
export type Objects<Env> = {
  readonly [Name in keyof Env as Env[Name] extends ObjectBinding ? Name : never]: Env[Name] extends ObjectBinding<infer Class>
    ? (id: string, options?: CallOptions) => Remote<Class>
    : never
}

/** Where the object stands, on `$`. See the tree's own types. */
export interface TreeContext<Env = unknown> {
  /** The child object, which is made one first: `$.child('Order', '42').total()`. */
  child<Name extends keyof Objects<Env> & string>(type: Name, name: string, options?: CallOptions): ReturnType<Objects<Env>[Name]>
  children(query?: ChildQuery): Page<Child>
  parent(): Promise<TreeNode | undefined>
  ancestors(): Promise<readonly TreeNode[]>
  descendants(query?: DescendantQuery): Promise<Page<TreeNode>>
  lifecycle(type: string, name: string): RemoteLifecycle
}

/** What `this.$` is: `DigitalObject<Env, Providers>`. */
export type Context<Env = unknown, Providers = unknown> = TreeContext<Env> & Objects<Env> & Providers
