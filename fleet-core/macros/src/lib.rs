//! `#[door(…)]`: names a public method of a door, so that its calls can be observed.
//!
//! ```text
//! #[door(RenameProduct)]
//! pub fn rename(&self, name: &str) -> Result<Product, Error> { … }
//! ```
//!
//! The method's body becomes a closure that `fleet_core::observe::call` runs. The second argument, if there is one, is
//! the product of the call; without it, the door knows the product.

use proc_macro::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Names a method: a variant of `Operation` or an expression `Operation::…`, and the product of the call.
#[proc_macro_attribute]
pub fn door(arguments: TokenStream, method: TokenStream) -> TokenStream {
    expand(arguments, method).unwrap_or_else(|problem| parsed(&format!("compile_error!({problem:?});")))
}

fn expand(arguments: TokenStream, method: TokenStream) -> Result<TokenStream, &'static str> {
    let mut head: Vec<TokenTree> = method.into_iter().collect();
    let Some(TokenTree::Group(body)) = head.pop().filter(is_block) else { return Err("#[door] stands above a method") };
    let answer = answer(&head).ok_or("a method of a door returns a `Result`")?;
    let (operation, product) = split(arguments);
    let operation: Vec<TokenTree> = operation.into_iter().collect();
    let mut call = parsed("crate::observe::call");
    let mut given =
        parsed(if operation.len() == 1 { "self, crate::observe::Operation::" } else { "self, crate::observe::" });
    given.extend(operation);
    given.extend(parsed(", ||"));
    if product.is_empty() {
        given.extend(parsed("crate::observe::Door::product(self)"));
    } else {
        given.extend(parsed("crate::observe::Named::product"));
        given.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, product))]);
    }
    given.extend(parsed(", || ->"));
    given.extend(answer);
    given.extend([TokenTree::Group(body)]);
    call.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, given))]);
    head.push(TokenTree::Group(Group::new(Delimiter::Brace, call)));
    Ok(head.into_iter().collect())
}

/// Returns the type after the last `->` of a method's head.
fn answer(head: &[TokenTree]) -> Option<Vec<TokenTree>> {
    let is = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(found) if found.as_char() == sign);
    let is_joint = |token: &TokenTree| matches!(token, TokenTree::Punct(found) if found.spacing() == Spacing::Joint);
    let arrow = head.windows(2).rposition(|pair| match pair {
        [first, second] => is(first, '-') && is_joint(first) && is(second, '>'),
        _ => false,
    })?;
    Some(head.iter().skip(arrow + 2).cloned().collect())
}

/// Splits the arguments at their first comma.
fn split(arguments: TokenStream) -> (TokenStream, TokenStream) {
    let mut rest = arguments.into_iter();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',');
    let first = rest.by_ref().take_while(|token| !is_comma(token)).collect();
    (first, rest.collect())
}

fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Reads tokens of this file. They resolve where the method stands.
fn parsed(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}
