/**
 * Which SDK commands a handler can send, from its source: everything that its module runs and everything that this refers to, by TypeScript's own
 * symbols. A method of an object that implements an interface of `handlers/` counts only when the handler reads that very member somewhere: an
 * adapter that could do more than its caller asks of it does not count as doing it.
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "../..");
const HANDLERS = join(ROOT, "handlers");
const FUNCTIONS = join(HANDLERS, "functions");
const SERVICE = join(ROOT, "service");
const SERVER = join(SERVICE, "main.ts");

export interface Reached {
  /** `<file of the adapter> <command>`, e.g. "journal.ts GetCommand". */
  readonly commands: ReadonlySet<string>;
  /** Members of interfaces that are used, e.g. "Journal.get". */
  readonly members: ReadonlySet<string>;
}

export const handlerNames = (): string[] => readdirSync(FUNCTIONS).map((file) => file.slice(0, -3));

/** Classes that send something without being a command of the SDK's. */
const SENDERS = new Set(["SignatureV4", "Signer"]);

export class Handlers {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  constructor() {
    const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as { config: object };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const files = [...handlerNames().map((name) => join(FUNCTIONS, `${name}.ts`)), SERVER];
    this.program = ts.createProgram(files, options);
    this.checker = this.program.getTypeChecker();
  }

  reach(handler: string): Reached {
    return this.from(join(FUNCTIONS, `${handler}.ts`));
  }

  /** Of the trade service. */
  reachServer(): Reached {
    return this.from(SERVER);
  }

  private from(file: string): Reached {
    const entry = this.program.getSourceFile(file);
    if (entry === undefined) throw new Error(`there is no ${file}`);
    return new Walk(this.checker).from(entry);
  }
}

class Walk {
  private readonly commands = new Set<string>();
  private readonly members = new Set<string>();
  private readonly seen = new Set<ts.Node>();
  /** Bodies that wait for their member to be used. */
  private readonly waiting = new Map<string, ts.Node[]>();
  private readonly ahead: ts.Node[] = [];
  /** The interface of each member that was met. */
  private readonly owners = new Map<string, ts.Type>();

  constructor(private readonly checker: ts.TypeChecker) {}

  from(entry: ts.SourceFile): Reached {
    // The module's own statements run; Lambda calls what it exports.
    for (const statement of entry.statements) this.ahead.push(statement);
    for (const statement of entry.statements) if (isExported(statement)) this.enqueueDeclarations(statement);
    for (let node = this.ahead.pop(); node !== undefined; node = this.ahead.pop()) this.visit(node);
    return { commands: this.commands, members: this.members };
  }

  private enqueueDeclarations(statement: ts.Statement): void {
    if (ts.isFunctionDeclaration(statement)) this.enqueue(statement.body);
    if (ts.isVariableStatement(statement)) for (const { initializer } of statement.declarationList.declarations) this.enqueue(initializer);
  }

  private enqueue(node: ts.Node | undefined): void {
    if (node === undefined || this.seen.has(node)) return;
    this.seen.add(node);
    this.ahead.push(node);
  }

  private visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node)) return;
    // A function runs when something refers to it.
    if (ts.isFunctionDeclaration(node)) return;
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined && isFunction(node.initializer)) return;
    if (ts.isNewExpression(node)) this.note(node);
    if (ts.isPropertyAccessExpression(node)) this.use(this.checker.getSymbolAtLocation(node.name));
    if (ts.isObjectBindingPattern(node)) this.useBound(node);
    if (ts.isIdentifier(node)) return this.refer(node);
    if (ts.isShorthandPropertyAssignment(node)) return this.shorthand(node);
    if (isMember(node) && this.defer(node)) return;
    ts.forEachChild(node, (child) => this.visit(child));
  }

  private note({ expression }: ts.NewExpression): void {
    const name = expression.getText();
    if (name.endsWith("Command") || SENDERS.has(name)) this.commands.add(`${basename(expression.getSourceFile().fileName)} ${name}`);
  }

  private refer(identifier: ts.Identifier): void {
    const symbol = this.checker.getSymbolAtLocation(identifier);
    if (symbol) this.followSymbol(symbol);
  }

  private followSymbol(symbol: ts.Symbol): void {
    const target = symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
    for (const declaration of target.declarations ?? []) {
      if (![HANDLERS, SERVICE].some((folder) => declaration.getSourceFile().fileName.startsWith(folder))) continue;
      if (ts.isFunctionDeclaration(declaration)) {
        declaration.parameters.forEach((parameter) => this.enqueue(parameter));
        this.enqueue(declaration.body);
      } else if (ts.isVariableDeclaration(declaration)) this.enqueue(declaration.initializer);
      else if (ts.isClassDeclaration(declaration)) this.enqueue(declaration);
    }
  }

  /** `{ name }` in a literal: the value is referred to, at once or when its member is used. */
  private shorthand(node: ts.ShorthandPropertyAssignment): void {
    if (this.defer(node)) return;
    const symbol = this.checker.getShorthandAssignmentValueSymbol(node);
    if (symbol) this.followSymbol(symbol);
  }

  /** True: the member belongs to an interface of the handlers', and waits until it is used. */
  private defer(node: ts.ObjectLiteralElementLike): boolean {
    if (!ts.isObjectLiteralExpression(node.parent) || node.name === undefined || !ts.isIdentifier(node.name)) return false;
    const symbol = this.checker.getContextualType(node.parent)?.getProperty(node.name.text);
    const keys = this.keysOf(symbol);
    if (keys.length === 0) return false;
    if (keys.some((key) => [...this.members].some((used) => this.serves(key, used)))) this.activate(node);
    else for (const key of keys) this.waiting.set(key, [...(this.waiting.get(key) ?? []), node]);
    return true;
  }

  private activate(node: ts.Node): void {
    if (this.seen.has(node)) return;
    this.seen.add(node);
    if (ts.isShorthandPropertyAssignment(node)) {
      const symbol = this.checker.getShorthandAssignmentValueSymbol(node);
      if (symbol) this.followSymbol(symbol);
    } else ts.forEachChild(node, (child) => void this.ahead.push(child));
  }

  private use(symbol: ts.Symbol | undefined): void {
    for (const key of this.keysOf(symbol)) {
      if (this.members.has(key)) continue;
      this.members.add(key);
      for (const [waiting, nodes] of this.waiting) if (this.serves(waiting, key)) for (const node of nodes) this.activate(node);
    }
  }

  /** Is the member that is used this one, or that of an interface which objects of this one fulfil as well? */
  private serves(key: string, used: string): boolean {
    if (key === used) return true;
    const [own, asked] = [this.owners.get(key), this.owners.get(used)];
    const sameName = key.slice(key.lastIndexOf(".")) === used.slice(used.lastIndexOf("."));
    return sameName && own !== undefined && asked !== undefined && this.checker.isTypeAssignableTo(own, asked);
  }

  private useBound(pattern: ts.ObjectBindingPattern): void {
    const type = this.checker.getTypeAtLocation(pattern);
    for (const { propertyName, name } of pattern.elements) {
      const key = propertyName ?? name;
      if (ts.isIdentifier(key)) this.use(type.getProperty(key.text));
    }
  }

  /** Names of the interface members that a symbol stands for, where these are the handlers' own; also through Pick and Readonly. */
  private keysOf(symbol: ts.Symbol | undefined): string[] {
    return (symbol?.declarations ?? []).flatMap((declaration) => {
      const own = declaration.getSourceFile().fileName.startsWith(HANDLERS);
      const member = ts.isPropertySignature(declaration) || ts.isMethodSignature(declaration);
      if (!own || !member) return [];
      const { parent } = declaration;
      const type = ts.isInterfaceDeclaration(parent) ? parent.name.text : `${basename(parent.getSourceFile().fileName)}:${parent.pos}`;
      const key = `${type}.${declaration.name.getText()}`;
      this.owners.set(key, this.checker.getTypeAtLocation(parent));
      return [key];
    });
  }
}

const isFunction = (node: ts.Node): boolean => ts.isArrowFunction(node) || ts.isFunctionExpression(node);
const isMember = (node: ts.Node): node is ts.PropertyAssignment | ts.MethodDeclaration =>
  ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node);
const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
