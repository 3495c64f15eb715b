//! The order in which attributes are evaluated, and which functions may recurse.

use gable_grammar::{Code, Diagnostic, Diagnostics};

use crate::ir::{AttributeId, Body, ExprKind, FunctionId, Program, Step, walk_steps_mut};

/// Functions that call each other deeper than this count their depth at run time, so that no program, however long its
/// chains, exhausts an engine's stack.
const DEEPEST_UNCOUNTED: usize = 100;

/// A node of the graph of attributes and functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Attribute(AttributeId),
    Function(FunctionId),
}

/// What a body reads and calls, without repeats.
fn uses(body: &Body) -> Vec<Item> {
    let mut items = Vec::new();
    for expr in body.exprs() {
        expr.walk(&mut |expr| match expr.kind {
            ExprKind::Attribute(id) => items.push(Item::Attribute(id)),
            ExprKind::Call(id, _) => items.push(Item::Function(id)),
            _ => {}
        });
    }
    items.sort_unstable();
    items.dedup();
    items
}

/// The graph, as one list of edges for each attribute and then for each function.
struct Graph {
    edges: Vec<Vec<usize>>,
    attributes: usize,
}

impl Graph {
    fn of(program: &Program) -> Self {
        let attributes = program.attributes.len();
        let number = |item| match item {
            Item::Attribute(AttributeId(index)) => index as usize,
            Item::Function(FunctionId(index)) => attributes + index as usize,
        };
        let bodies = program
            .attributes
            .iter()
            .map(|it| &it.body)
            .chain(program.functions.iter().map(|it| &it.body));
        let edges = bodies
            .map(|body| uses(body).into_iter().map(number).collect())
            .collect();
        Self { edges, attributes }
    }

    /// Strongly connected components, each after those it leads to (Tarjan 1972, with a stack of our own).
    fn components(&self) -> Vec<Vec<usize>> {
        const NEW: usize = usize::MAX;
        let count = self.edges.len();
        let (mut index, mut low) = (vec![NEW; count], vec![0; count]);
        let mut on_stack = vec![false; count];
        let (mut stack, mut components, mut next) = (Vec::new(), Vec::new(), 0);
        for start in 0..count {
            let mut open = if index[start] == NEW {
                vec![(start, 0)]
            } else {
                Vec::new()
            };
            while let Some((node, edge)) = open.pop() {
                if edge == 0 {
                    (index[node], low[node]) = (next, next);
                    next += 1;
                    stack.push(node);
                    on_stack[node] = true;
                }
                if let Some(&target) = self.edges[node].get(edge) {
                    open.push((node, edge + 1));
                    if index[target] == NEW {
                        open.push((target, 0));
                    } else if on_stack[target] {
                        low[node] = low[node].min(index[target]);
                    }
                    continue;
                }
                if let Some((parent, _)) = open.last() {
                    low[*parent] = low[*parent].min(low[node]);
                }
                if low[node] == index[node] {
                    let from = stack
                        .iter()
                        .rposition(|member| *member == node)
                        .expect("the node is on the stack");
                    let members = stack.split_off(from);
                    members.iter().for_each(|member| on_stack[*member] = false);
                    components.push(members);
                }
            }
        }
        components
    }

    fn is_cyclic(&self, component: &[usize]) -> bool {
        component.len() > 1 || self.edges[component[0]].contains(&component[0])
    }
}

/// Finds [`Program::order`], also for attributes that are reset; an attribute that needs itself is an error.
pub(crate) fn order(program: &mut Program, diagnostics: &mut Diagnostics) {
    let graph = Graph::of(program);
    let mut order = Vec::with_capacity(graph.attributes);
    for component in graph.components() {
        let mut attributes: Vec<usize> = component
            .iter()
            .copied()
            .filter(|node| *node < graph.attributes)
            .collect();
        attributes.sort_unstable();
        if let (Some(first), true) = (attributes.first(), graph.is_cyclic(&component)) {
            let attribute = &program.attributes[*first];
            let title = format!("the value of `{}` depends on itself", attribute.name);
            let mut diagnostic = Diagnostic::error(Code("E0306"), title, attribute.span);
            for other in component.iter().filter(|node| *node != first).take(4) {
                let (name, span) = match other.checked_sub(graph.attributes) {
                    Some(function) => (
                        &program.functions[function].name,
                        program.functions[function].span,
                    ),
                    None => (
                        &program.attributes[*other].name,
                        program.attributes[*other].span,
                    ),
                };
                diagnostic = diagnostic.also(span, format!("through `{name}`"));
            }
            diagnostics.push(diagnostic);
        }
        order.extend(attributes.into_iter().map(AttributeId::new));
    }
    let mut position = vec![0; order.len()];
    for (place, id) in order.iter().enumerate() {
        position[id.index()] = place;
    }
    for rule in &mut program.rules {
        walk_steps_mut(&mut rule.steps, &mut |step| {
            if let Step::Reset(_, ids) = step {
                ids.sort_by_key(|id| position[id.index()]);
            }
        });
    }
    program.order = order;
}

/// Marks the functions whose depth is counted at run time.
pub(crate) fn count_recursion(program: &mut Program) {
    let graph = Graph::of(program);
    let mut height = vec![0; graph.edges.len()];
    for component in graph.components() {
        let below = component
            .iter()
            .flat_map(|node| &graph.edges[*node])
            .map(|target| height[*target])
            .max();
        let is_cyclic = graph.is_cyclic(&component);
        for node in component {
            let Some(function) = node.checked_sub(graph.attributes) else {
                continue;
            };
            height[node] = below.map_or(0, |below| below + 1);
            program.functions[function].counted = is_cyclic || height[node] > DEEPEST_UNCOUNTED;
        }
    }
}
