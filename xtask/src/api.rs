//! The public API of the published crates, in `docs/api/CRATE.txt`. A change of the API is a change of these files,
//! which a review sees; a test compares them with the source.
//!
//! Each line is one public thing under the path by which a dependent names it: a type with its derived traits, a
//! field, a variant, a method, an implementation of a trait. Re-exports are followed, also through private modules.
//! What a macro of the crate declares is listed as the rows of its call. Nothing is built.

use crate::workspace::root;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use syn::{
    Attribute, Fields, GenericParam, Generics, ImplItem, Item, ItemImpl, ItemMacro, Signature, TraitItem, Type,
    UseTree, Visibility,
};

const FOLDER: &str = "docs/api";

const HEAD: &str = "# `cargo xtask api` writes this file from the source.\n";

/// Writes the listings.
pub(crate) fn write() -> Result<(), String> {
    let folder = root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    for (name, listing) in listings()? {
        let path = folder.join(format!("{name}.txt"));
        fs::write(&path, listing).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// The listing of each published crate, by its name.
fn listings() -> Result<BTreeMap<String, String>, String> {
    let manifest = |path: &Path| -> Result<toml::Table, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        text.parse().map_err(|error| format!("{}: {error}", path.display()))
    };
    let workspace = manifest(&root().join("Cargo.toml"))?;
    let members = workspace.get("workspace").and_then(|all| all.get("members")).and_then(|all| all.as_array());
    let mut listings = BTreeMap::new();
    for member in members.into_iter().flatten().filter_map(|member| member.as_str()) {
        let folder = root().join(member);
        let package = manifest(&folder.join("Cargo.toml"))?;
        let Some(package) = package.get("package") else { continue };
        // A crate that is not published has a key `publish`.
        let (Some(name), None) = (package.get("name").and_then(|name| name.as_str()), package.get("publish")) else {
            continue;
        };
        let listing = Crate::read(&name.replace('-', "_"), &folder.join("src"))?.listing();
        listings.insert(name.to_owned(), listing);
    }
    Ok(listings)
}

/// A module: its items, and where it is.
struct Module {
    path: Vec<String>,
    is_public: bool,
    cfg: String,
    items: Vec<Item>,
}

/// The source of a crate.
struct Crate {
    name: String,
    modules: BTreeMap<Vec<String>, Module>,
    /// The definitions of its macros by name.
    macros: BTreeMap<String, TokenStream>,
}

/// Where a thing is declared: its module and its name.
type Place = (Vec<String>, String);

impl Crate {
    fn read(name: &str, folder: &Path) -> Result<Self, String> {
        let mut all = Self { name: name.to_owned(), modules: BTreeMap::new(), macros: BTreeMap::new() };
        all.add(Vec::new(), true, String::new(), &folder.join("lib.rs"), folder)?;
        Ok(all)
    }

    fn add(
        &mut self,
        path: Vec<String>,
        is_public: bool,
        cfg: String,
        file: &Path,
        folder: &Path,
    ) -> Result<(), String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let file = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        self.add_items(path, is_public, cfg, file.items, folder)
    }

    fn add_items(
        &mut self,
        path: Vec<String>,
        is_public: bool,
        cfg: String,
        items: Vec<Item>,
        folder: &Path,
    ) -> Result<(), String> {
        let mut kept = Vec::new();
        for mut item in items {
            if is_test(attributes(&item)) {
                continue;
            }
            if let Item::Macro(ItemMacro { ident: Some(name), mac, .. }) = &item {
                self.macros.insert(name.to_string(), mac.tokens.clone());
            }
            if let Item::Mod(module) = &mut item {
                let name = module.ident.to_string();
                let below = [path.clone(), vec![name.clone()]].concat();
                let (is_public, cfg) = (is_public_item(&module.vis), cfg_of(&module.attrs));
                match module.content.take() {
                    Some((_, items)) => self.add_items(below, is_public, cfg, items, &folder.join(&name))?,
                    None => {
                        let here = folder.join(format!("{name}.rs"));
                        let file = if here.exists() { here } else { folder.join(&name).join("mod.rs") };
                        self.add(below, is_public, cfg, &file, &folder.join(&name))?;
                    }
                }
                continue;
            }
            kept.push(item);
        }
        self.modules.insert(path.clone(), Module { path, is_public, cfg, items: kept });
        Ok(())
    }

    /// The names that a macro's call declares, if the macro is of this crate.
    fn declared(&self, call: &ItemMacro) -> Vec<String> {
        let Some(definition) = call.mac.path.get_ident().and_then(|name| self.macros.get(&name.to_string())) else {
            return Vec::new();
        };
        let words = words(definition.clone());
        let named = words.windows(3).filter(|three| {
            let kind = three.get(1).map(String::as_str);
            three.first().is_some_and(|word| word == "pub") && matches!(kind, Some("struct" | "enum"))
        });
        named.filter_map(|three| three.get(2).cloned()).collect()
    }

    /// Finds the place of a name as a module sees it.
    fn find(&self, module: &[String], name: &str, depth: u32) -> Option<Found> {
        let here = self.modules.get(module)?;
        let below = [module.to_vec(), vec![name.to_owned()]].concat();
        if self.modules.contains_key(&below) {
            return Some(Found::Module(below));
        }
        for item in &here.items {
            let declares = match item {
                Item::Macro(call) if call.ident.is_none() => self.declared(call).iter().any(|one| one == name),
                item => name_of(item).is_some_and(|one| one == name),
            };
            if declares {
                return Some(Found::Item((module.to_vec(), name.to_owned())));
            }
        }
        if depth == 0 {
            return None;
        }
        for import in here.items.iter().filter_map(|item| if let Item::Use(one) = item { Some(one) } else { None }) {
            for used in imports(&import.tree) {
                let found = match &used.name {
                    Some(as_name) if as_name == name => self.resolve(module, &used.path, depth - 1),
                    None => match self.resolve(module, &used.path, depth - 1) {
                        Some(Found::Module(all)) if all != module => self.find(&all, name, depth - 1),
                        _ => None,
                    },
                    Some(_) => None,
                };
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// Finds the place of a path as a module sees it. `None` stands for another crate's.
    fn resolve(&self, module: &[String], path: &[String], depth: u32) -> Option<Found> {
        let mut at = Found::Module(module.to_vec());
        for (number, part) in path.iter().enumerate() {
            let Found::Module(here) = &at else { return None };
            at = match part.as_str() {
                "crate" if number == 0 => Found::Module(Vec::new()),
                "self" => continue,
                "super" => Found::Module(here.split_last()?.1.to_vec()),
                name => self.find(here, name, depth)?,
            };
        }
        Some(at)
    }

    /// The public paths of each place, from the root down.
    fn reachable(&self) -> (BTreeMap<Place, BTreeSet<String>>, BTreeSet<String>) {
        let (mut places, mut foreign) = (BTreeMap::<Place, BTreeSet<String>>::new(), BTreeSet::new());
        let mut waiting = vec![(Vec::new(), self.name.clone())];
        let mut seen = BTreeSet::new();
        while let Some((path, shown)) = waiting.pop() {
            if !seen.insert((path.clone(), shown.clone())) {
                continue;
            }
            let Some(module) = self.modules.get(&path) else { continue };
            if !path.is_empty() {
                foreign.insert(format!("{}pub mod {shown}", module.cfg));
            }
            for (below, one) in &self.modules {
                if one.is_public && below.split_last().is_some_and(|(_, parent)| parent == path) {
                    waiting.push((below.clone(), format!("{shown}::{}", below.last().map_or("", String::as_str))));
                }
            }
            let mut add = |place: Place, shown: String| {
                places.entry(place).or_default().insert(shown);
            };
            for item in &module.items {
                match item {
                    Item::Use(import) if is_public_item(&import.vis) => {
                        for used in imports(&import.tree) {
                            let name = used.name.clone().unwrap_or_else(|| "*".to_owned());
                            match self.resolve(&path, &used.path, 8) {
                                Some(Found::Item(place)) => add(place, format!("{shown}::{name}")),
                                Some(Found::Module(all)) if used.name.is_none() => waiting.push((all, shown.clone())),
                                Some(Found::Module(all)) => waiting.push((all, format!("{shown}::{name}"))),
                                None => {
                                    foreign.insert(format!("pub use {shown}::{name}: {}", used.path.join("::")));
                                }
                            }
                        }
                    }
                    Item::Macro(call) if call.ident.is_none() => {
                        for name in self.declared(call) {
                            add((path.clone(), name.clone()), format!("{shown}::{name}"));
                        }
                    }
                    Item::Macro(ItemMacro { ident: Some(name), attrs, .. })
                        if attrs.iter().any(|one| one.path().is_ident("macro_export")) =>
                    {
                        foreign.insert(format!("macro {}::{name}!", self.name));
                    }
                    item if visibility(item).is_some_and(is_public_item) => {
                        if let Some(name) = name_of(item) {
                            add((path.clone(), name.clone()), format!("{shown}::{name}"));
                        }
                    }
                    _ => {}
                }
            }
        }
        (places, foreign)
    }

    fn listing(&self) -> String {
        let (places, mut lines) = self.reachable();
        // A thing is listed under its shortest path; the others refer to it.
        let shown: BTreeMap<&Place, &String> = places
            .iter()
            .filter_map(|(place, paths)| Some((place, paths.iter().min_by_key(|path| (path.len(), *path))?)))
            .collect();
        for (place, paths) in &places {
            let Some(path) = shown.get(place) else { continue };
            lines.extend(paths.iter().filter(|one| one != path).map(|one| format!("pub use {one}: {path}")));
        }
        for module in self.modules.values() {
            for item in &module.items {
                match item {
                    Item::Impl(one) => self.list_impl(module, one, &shown, &mut lines),
                    Item::Macro(call) if call.ident.is_none() => self.list_call(module, call, &shown, &mut lines),
                    item => {
                        let Some(name) = name_of(item) else { continue };
                        if let Some(path) = shown.get(&(module.path.clone(), name)) {
                            list(item, path, &mut lines);
                        }
                    }
                }
            }
        }
        let mut listing = HEAD.to_owned();
        let mut sorted: Vec<&String> = lines.iter().collect();
        sorted.sort_by_cached_key(|line| (key(line), (*line).clone()));
        for line in sorted {
            let _ = writeln!(listing, "{line}");
        }
        listing
    }

    /// Lists an implementation: the public methods and constants of an inherent one, the header and the types of a
    /// trait's. A trait that is not public is left out.
    fn list_impl(
        &self,
        module: &Module,
        one: &ItemImpl,
        shown: &BTreeMap<&Place, &String>,
        lines: &mut BTreeSet<String>,
    ) {
        let place = |path: &syn::Path| {
            let parts: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
            self.resolve(&module.path, &parts, 8)
        };
        let target = match &*one.self_ty {
            Type::Path(path) => match place(&path.path) {
                Some(Found::Item(place)) => match shown.get(&place) {
                    Some(path) => Some((*path).clone()),
                    None => return,
                },
                _ => None,
            },
            _ => None,
        };
        let generics = text(one.generics.params.to_token_stream(), "<", ">");
        let cfg = cfg_of(&one.attrs);
        if let Some((of, _)) = &one.trait_ {
            if let Some(Found::Item(place)) = place(of)
                && !shown.contains_key(&place)
            {
                return;
            }
            let types = one.items.iter().filter_map(|item| match item {
                ImplItem::Type(item) => Some(format!("{} = {}", item.ident, plain(&item.ty))),
                _ => None,
            });
            let types: Vec<String> = types.collect();
            let types = if types.is_empty() { String::new() } else { format!(" {{ {} }}", types.join(", ")) };
            let own = plain(&one.self_ty);
            let named = match &target {
                Some(path) => with_path(&own, path),
                // A trait of another crate for a type of another crate: it names a type of this one.
                None => format!("{own} in {}", self.name),
            };
            let bounds = bounds(&one.generics);
            lines.insert(format!("{cfg}impl{generics} {} for {named}{bounds}{types}", plain(of)));
            return;
        }
        let Some(path) = target else { return };
        for item in &one.items {
            match item {
                ImplItem::Fn(item) if is_public_item(&item.vis) && !is_test(&item.attrs) => {
                    let cfg = format!("{cfg}{}", cfg_of(&item.attrs));
                    lines.insert(format!("{cfg}pub {}", signature(&item.sig, &path)));
                }
                ImplItem::Const(item) if is_public_item(&item.vis) => {
                    lines.insert(format!("{cfg}pub const {path}::{}: {}", item.ident, plain(&item.ty)));
                }
                _ => {}
            }
        }
    }

    /// Lists the rows of a call of one of the crate's macros, if the macro declares something public.
    fn list_call(
        &self,
        module: &Module,
        call: &ItemMacro,
        shown: &BTreeMap<&Place, &String>,
        lines: &mut BTreeSet<String>,
    ) {
        let Some(name) = call.mac.path.get_ident().map(ToString::to_string) else { return };
        let Some(definition) = self.macros.get(&name) else { return };
        let declared = self.declared(call);
        let words = words(definition.clone());
        let mut paths: Vec<&String> =
            declared.iter().filter_map(|name| shown.get(&(module.path.clone(), name.clone())).copied()).collect();
        if declared.is_empty() {
            // It implements a trait for given types, or a given trait for a type.
            let implemented = words.iter().position(|word| word == "impl").and_then(|at| words.get(at + 1));
            let Some(implemented) = implemented else { return };
            if let Some(Found::Item(place)) = self.find(&module.path, implemented, 8)
                && !shown.contains_key(&place)
            {
                return;
            }
            paths = vec![&self.name];
        } else {
            let mut found = BTreeSet::new();
            declarations(definition.clone(), &mut found);
            lines.extend(found.iter().map(|line| format!("{} in {name}!: {line}", self.name)));
        }
        for path in paths {
            for row in rows(call.mac.tokens.clone()) {
                lines.insert(format!("{path} by {name}!: {row}"));
            }
        }
    }
}

enum Found {
    Module(Vec<String>),
    Item(Place),
}

/// Sorts a line by the path in it, then by what it says of the path.
fn key(line: &str) -> String {
    let path = line.split_once(" for ").filter(|_| line.contains("impl ")).map_or(line, |(_, path)| path);
    let start = path.find("fleet_").unwrap_or(0);
    path.get(start..).unwrap_or(path).to_owned()
}

/// Lists an item that is not an implementation.
fn list(item: &Item, path: &str, lines: &mut BTreeSet<String>) {
    let cfg = cfg_of(attributes(item));
    let marks = marks(attributes(item));
    match item {
        Item::Struct(item) => {
            lines.insert(format!("{cfg}pub struct {path}{}{marks}", parameters(&item.generics)));
            list_fields(&item.fields, path, "pub ", lines);
        }
        Item::Enum(item) => {
            lines.insert(format!("{cfg}pub enum {path}{}{marks}", parameters(&item.generics)));
            for variant in &item.variants {
                let path = format!("{path}::{}", variant.ident);
                lines.insert(format!("variant {path}{}", self::marks(&variant.attrs)));
                list_fields(&variant.fields, &path, "", lines);
            }
        }
        Item::Trait(item) => {
            let above = text(item.supertraits.to_token_stream(), ": ", "");
            lines.insert(format!("{cfg}pub trait {path}{}{above}{marks}", parameters(&item.generics)));
            for item in &item.items {
                match item {
                    TraitItem::Fn(item) => {
                        let kind = if item.default.is_some() { "provided" } else { "required" };
                        lines.insert(format!("{kind} {}", signature(&item.sig, path)));
                    }
                    TraitItem::Const(item) => {
                        lines.insert(format!("const {path}::{}: {}", item.ident, plain(&item.ty)));
                    }
                    TraitItem::Type(item) => {
                        lines.insert(format!(
                            "type {path}::{}{}",
                            item.ident,
                            text(item.bounds.to_token_stream(), ": ", "")
                        ));
                    }
                    _ => {}
                }
            }
        }
        Item::Fn(item) => {
            let (parent, _) = path.rsplit_once("::").unwrap_or(("", path));
            lines.insert(format!("{cfg}pub {}{marks}", signature(&item.sig, parent)));
        }
        Item::Const(item) => {
            lines.insert(format!("{cfg}pub const {path}: {}", plain(&item.ty)));
        }
        Item::Static(item) => {
            lines.insert(format!("{cfg}pub static {path}: {}", plain(&item.ty)));
        }
        Item::Type(item) => {
            lines.insert(format!("{cfg}pub type {path}{} = {}", parameters(&item.generics), plain(&item.ty)));
        }
        _ => {}
    }
}

/// Lists the public fields, and whether there are others: then a dependent cannot build the type.
fn list_fields(fields: &Fields, path: &str, public: &str, lines: &mut BTreeSet<String>) {
    let mut hidden = false;
    for (number, field) in fields.iter().enumerate() {
        if !public.is_empty() && !is_public_item(&field.vis) {
            hidden = true;
            continue;
        }
        let name = field.ident.as_ref().map_or_else(|| number.to_string(), ToString::to_string);
        lines.insert(format!("{public}field {path}::{name}: {}", plain(&field.ty)));
    }
    if hidden {
        lines.insert(format!("private fields {path}"));
    }
}

fn signature(signature: &Signature, path: &str) -> String {
    let Signature { constness, asyncness, safety, ident, generics, inputs, output, .. } = signature;
    let before = format!("{}{}{}", plain_space(constness), plain_space(asyncness), plain_space(safety));
    let inputs: Vec<String> = inputs.iter().map(|input| plain(input).trim_end_matches(',').to_owned()).collect();
    let output = text(output.to_token_stream(), " ", "");
    format!("{before}fn {path}::{ident}{}({}){output}{}", parameters(generics), inputs.join(", "), bounds(generics))
}

/// The generic parameters with their bounds; lifetimes too.
fn parameters(generics: &Generics) -> String {
    let all: Vec<String> = generics
        .params
        .iter()
        .map(|one| match one {
            GenericParam::Type(one) => plain(one),
            GenericParam::Const(one) => plain(one),
            GenericParam::Lifetime(one) => plain(one),
        })
        .collect();
    if all.is_empty() { String::new() } else { format!("<{}>", all.join(", ")) }
}

fn bounds(generics: &Generics) -> String {
    text(generics.where_clause.to_token_stream(), " ", "").trim_end_matches(',').to_owned()
}

/// The derived traits and `non_exhaustive`, in the order of the alphabet.
fn marks(attributes: &[Attribute]) -> String {
    let mut marks = BTreeSet::new();
    for attribute in attributes {
        if attribute.path().is_ident("non_exhaustive") {
            marks.insert("non_exhaustive".to_owned());
        } else if attribute.path().is_ident("derive")
            && let syn::Meta::List(list) = &attribute.meta
        {
            marks.extend(text(list.tokens.clone(), "", "").split(", ").map(ToOwned::to_owned));
        }
    }
    if marks.is_empty() { String::new() } else { format!(" ({})", marks.into_iter().collect::<Vec<_>>().join(", ")) }
}

/// The conditions under which an item exists.
fn cfg_of(attributes: &[Attribute]) -> String {
    let cfgs = attributes.iter().filter(|one| one.path().is_ident("cfg"));
    cfgs.map(|one| format!("{} ", plain(one))).collect()
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|one| {
        one.path().is_ident("cfg")
            && matches!(&one.meta, syn::Meta::List(list) if matches!(list.tokens.to_string().as_str(), "test" | "doctest"))
    })
}

fn is_public_item(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn visibility(item: &Item) -> Option<&Visibility> {
    match item {
        Item::Const(item) => Some(&item.vis),
        Item::Enum(item) => Some(&item.vis),
        Item::Fn(item) => Some(&item.vis),
        Item::Static(item) => Some(&item.vis),
        Item::Struct(item) => Some(&item.vis),
        Item::Trait(item) => Some(&item.vis),
        Item::Type(item) => Some(&item.vis),
        _ => None,
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// A name that a `use` imports, or all names of a module.
struct Import {
    path: Vec<String>,
    name: Option<String>,
}

fn imports(tree: &UseTree) -> Vec<Import> {
    match tree {
        UseTree::Path(path) => {
            let mut below = imports(&path.tree);
            for one in &mut below {
                one.path.insert(0, path.ident.to_string());
            }
            below
        }
        UseTree::Name(name) if name.ident == "self" => vec![Import { path: Vec::new(), name: Some("self".to_owned()) }],
        UseTree::Name(name) => vec![Import { path: vec![name.ident.to_string()], name: Some(name.ident.to_string()) }],
        UseTree::Rename(name) => {
            vec![Import { path: vec![name.ident.to_string()], name: Some(name.rename.to_string()) }]
        }
        UseTree::Glob(_) => vec![Import { path: Vec::new(), name: None }],
        UseTree::Group(group) => group.items.iter().flat_map(imports).collect(),
    }
}

/// Puts the public path of a type in front of its generic arguments.
fn with_path(own: &str, path: &str) -> String {
    let start = own.find('<').unwrap_or(own.len());
    format!("{path}{}", own.get(start..).unwrap_or(""))
}

/// All words and marks in order, those in groups too.
fn words(tokens: TokenStream) -> Vec<String> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => all.extend(words(group.stream())),
            other => all.push(other.to_string()),
        }
    }
    all
}

/// What the definition of a macro declares: its lines that begin with `pub` or `impl`.
fn declarations(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut line: Vec<TokenTree> = Vec::new();
    let mut end = |line: &mut Vec<TokenTree>| {
        let line: TokenStream = line.drain(..).collect();
        found.extend(Some(text(line, "", "")).filter(|line| !line.is_empty()));
    };
    let mut below = Vec::new();
    for token in tokens {
        match &token {
            TokenTree::Ident(word) if line.is_empty() && (word == "pub" || word == "impl") => line.push(token),
            // `pub(crate)` is not public.
            TokenTree::Group(group) if line.len() == 1 && group.delimiter() == Delimiter::Parenthesis => line.clear(),
            TokenTree::Group(group) if line.is_empty() => below.push(group.stream()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                end(&mut line);
                below.push(group.stream());
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => end(&mut line),
            TokenTree::Punct(mark) if mark.as_char() == ',' && !line.iter().any(|one| one.to_string() == "fn") => {
                end(&mut line);
            }
            _ if line.is_empty() => {}
            _ => line.push(token),
        }
    }
    end(&mut line);
    for tokens in below {
        declarations(tokens, found);
    }
}

/// The rows of a macro's call, without documentation: what stands between commas or semicolons.
fn rows(tokens: TokenStream) -> Vec<String> {
    let (mut rows, mut row) = (Vec::new(), TokenStream::new());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(mark) if mark.as_char() == '#' && matches!(tokens.peek(), Some(TokenTree::Group(_))) => {
                tokens.next();
            }
            TokenTree::Punct(mark) if matches!(mark.as_char(), ',' | ';') => {
                rows.push(text(std::mem::take(&mut row), "", ""));
            }
            _ => row.extend([token]),
        }
    }
    rows.push(text(row, "", ""));
    rows.retain(|row| !row.is_empty());
    rows
}

fn plain(tokens: impl ToTokens) -> String {
    text(tokens.to_token_stream(), "", "")
}

fn plain_space(tokens: &impl ToTokens) -> String {
    text(tokens.to_token_stream(), "", " ")
}

/// Tokens as a person writes them, between two texts; nothing at all for no tokens. Documentation is left out.
fn text(tokens: TokenStream, before: &str, after: &str) -> String {
    let mut written = Written::default();
    written.all(tokens);
    if written.text.is_empty() { String::new() } else { format!("{before}{}{after}", written.text) }
}

#[derive(Default)]
struct Written {
    text: String,
    /// Whether the next word follows without a space.
    tight: bool,
}

impl Written {
    fn put(&mut self, word: &str, tight_before: bool, tight_after: bool) {
        if !self.text.is_empty() && !self.tight && !tight_before {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.tight = tight_after;
    }

    fn all(&mut self, tokens: TokenStream) {
        let mut joined = String::new();
        let mut before_is_word = false;
        for token in tokens {
            match token {
                TokenTree::Punct(mark) => {
                    joined.push(mark.as_char());
                    if mark.spacing() == Spacing::Joint || mark.as_char() == '\'' {
                        // `>>` closes two lists of arguments.
                        if !matches!(joined.as_str(), ">" | "<" | "&") || mark.as_char() == '\'' {
                            continue;
                        }
                    }
                    let sign = std::mem::take(&mut joined);
                    match sign.as_str() {
                        "::" | "." => self.put(&sign, before_is_word || self.text.ends_with('>'), true),
                        "," | ";" | ":" => self.put(&sign, true, false),
                        "?" => self.put(&sign, false, true),
                        "<" => self.put(&sign, true, true),
                        ">" => self.put(&sign, true, false),
                        "&" | "#" | "$" => self.put(&sign, false, true),
                        "*" => self.put(&sign, false, !before_is_word),
                        "!" => self.put(&sign, before_is_word, false),
                        _ => self.put(&sign, false, false),
                    }
                    before_is_word = false;
                    continue;
                }
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::Brace => ("{ ", " }"),
                        Delimiter::None => ("", ""),
                    };
                    self.put(open, before_is_word && open == "(", true);
                    self.all(group.stream());
                    self.put(close, true, false);
                }
                TokenTree::Ident(word) => self.put(&format!("{joined}{word}"), false, false),
                TokenTree::Literal(word) => self.put(&word.to_string(), false, false),
            }
            joined.clear();
            before_is_word = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn the_listings_of_the_api_are_those_of_the_source() {
        let folder = root().join(FOLDER);
        let mut known = BTreeSet::new();
        for (name, listing) in listings().unwrap() {
            let path = folder.join(format!("{name}.txt"));
            let found = fs::read_to_string(&path).unwrap_or_default();
            let (found, wanted): (BTreeSet<&str>, BTreeSet<&str>) =
                (found.lines().collect(), listing.lines().collect());
            let gone: Vec<String> = found.difference(&wanted).map(|line| format!("- {line}")).collect();
            let new: Vec<String> = wanted.difference(&found).map(|line| format!("+ {line}")).collect();
            assert!(
                gone.is_empty() && new.is_empty(),
                "{FOLDER}/{name}.txt does not list the public API of {name}; run `cargo xtask api` and review the \
                 change:\n{}\n{}",
                gone.join("\n"),
                new.join("\n")
            );
            known.insert(path);
        }
        let listed: BTreeSet<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(listed, known, "each file of {FOLDER} is of a published crate");
    }

    #[test]
    fn tokens_are_written_as_a_person_writes_them() {
        for line in [
            "impl Into<Option<Timestamp>>",
            "&'a mut Vec<(u8, [u8; 4])>",
            "impl Fn(&mut [u8]) -> bool + Send + 'static",
            "Box<dyn std::error::Error + Send>",
            "Result<Vec<T>, Error>",
        ] {
            let parsed: Type = syn::parse_str(line).unwrap();
            assert_eq!(plain(parsed), line);
        }
    }
}
