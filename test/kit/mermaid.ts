import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { getStateNodes } from 'xstate/graph';

/** A statechart as a Mermaid state diagram, taken from the machine itself. */
export function mermaidOf(machine: AnyStateMachine): string {
  const { root } = machine;
  const lines = [...bodyOf(root, 1), ...edgesOf(machine)];
  return ['stateDiagram-v2', ...lines].join('\n');
}

/** Mermaid ids must not hold dots. */
const idOf = (node: AnyStateNode): string => node.path.join('_');

function bodyOf(node: AnyStateNode, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const children = Object.values(node.states);
  const regions = children.flatMap((child, i) => [
    ...(node.type === 'parallel' && i > 0 ? [`${indent}--`] : []),
    ...stateOf(child, depth),
  ]);
  const { initial } = node.initial ? { initial: node.initial.target[0] } : { initial: undefined };
  return [...(initial ? [`${indent}[*] --> ${idOf(initial)}`] : []), ...regions];
}

function stateOf(node: AnyStateNode, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const id = idOf(node);
  const isEnd = node.type === 'final' ? [`${indent}${id} --> [*]`] : [];
  if (Object.keys(node.states).length === 0) {
    return [`${indent}state "${node.key}" as ${id}`, ...isEnd];
  }
  return [`${indent}state "${node.key}" as ${id} {`, ...bodyOf(node, depth + 1), `${indent}}`];
}

function edgesOf(machine: AnyStateMachine): string[] {
  const nodes = [machine.root, ...nodesBelow(machine)];
  const edges = nodes.flatMap((node) =>
    [...node.transitions.values(), node.always ?? []].flat().flatMap((edge) =>
      (edge.target ?? []).map((target: AnyStateNode) => {
        const label = [labelOf(edge.eventType), guardOf(edge.guard)].filter(Boolean).join(' ');
        return `  ${idOf(node)} --> ${idOf(target)}${label ? `: ${label}` : ''}`;
      }),
    ),
  );
  return [...new Set(edges)];
}

const nodesBelow = (machine: AnyStateMachine): AnyStateNode[] =>
  getStateNodes(machine).flatMap(function below(node): AnyStateNode[] {
    return [node, ...Object.values(node.states).flatMap(below)];
  });

function labelOf(eventType: string): string {
  return eventType
    .replace(/^xstate\.done\.actor\.(.*)$/, '$1 done')
    .replace(/^xstate\.error\.actor\.(.*)$/, '$1 failed')
    .replace(/^xstate\.after\.([^.]*)\..*$/, 'after $1');
}

function guardOf(guard: unknown): string {
  if (typeof guard === 'string') return `[${guard}]`;
  if (guard && typeof guard === 'object' && 'type' in guard) return `[${String(guard.type)}]`;
  return guard ? '[when closed and quiet]' : '';
}
