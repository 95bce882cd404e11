import Diagnostics
import Model
import YAML

extension FileReading {
    static let patternKeys = [
        "group", "access", "description", "require", "except", "nested", "allowEmpty", "adopt", "only", "anyCreator",
    ]

    /// Reads one pattern and appends it.
    mutating func pattern(_ node: Node, _ outer: Scope) {
        guard let fields = checker.map(node, "a pattern", keys: outer.sourceNames + FileReading.patternKeys) else {
            return
        }
        let source = source(fields, outer)
        var scope = outer
        scope.words = source.flatMap { $0.template }.map { .known(Set($0.words)) } ?? .unknown
        scope.sourceKey = source?.name ?? ""
        for key in ["group", "access"] where fields[key] == nil {
            checker.missing(key, in: fields, "a pattern", at: node.start)
        }
        let group = groupTemplate(fields, scope)
        var pattern = PatternMapping(
            source: source?.name ?? "",
            sourceTemplate: source?.template ?? Template(""),
            group: group ?? Template(""),
            access: fields["access"].map { access($0, scope) } ?? [],
            place: place(node)
        )
        pattern.only = only(fields, outer, at: node)
        rest(fields, into: &pattern, scope)
        if group != nil, source?.template != nil { patterns.append(pattern) }
    }

    private mutating func rest(_ fields: Fields, into pattern: inout PatternMapping, _ scope: Scope) {
        if let node = fields["description"], let text = checker.text(node, "`description`") {
            checkPlaceholders(text, at: node, scope)
            pattern.description = Placed(Template(text.trimmed), at: place(node))
        }
        pattern.require = members(fields, "require", scope)
        pattern.except = members(fields, "except", scope)
        pattern.nested = fields["nested"].flatMap { checker.choice($0, "`nested`", Nesting.self) } ?? .flatten
        pattern.allowEmpty = fields["allowEmpty"].flatMap { checker.boolean($0, "`allowEmpty`") } ?? false
        pattern.adopt = fields["adopt"].flatMap { checker.boolean($0, "`adopt`") } ?? false
        pattern.anyCreator = fields["anyCreator"].flatMap { checker.boolean($0, "`anyCreator`") } ?? false
    }

    /// The source that a pattern names; without a template where its value is an error.
    private mutating func source(_ fields: Fields, _ scope: Scope) -> (name: String, template: Template?)? {
        let entries = fields.entries.filter { scope.sources[$0.name] != nil }
        guard let first = entries.first else {
            let near = fields.unknown.contains { key in scope.sourceNames.contains { isNear(key, $0) } }
            if fields.isWhole && !near {
                let names = Checker.alternatives(scope.sourceNames)
                checker.report("a pattern lacks its source: \(names)", at: fields.node.start)
            }
            return nil
        }
        if let second = entries.dropFirst().first, second.name != first.name {
            checker.report(
                "a pattern has one source, and this is one more; make it a pattern of its own",
                at: second.key
            )
        }
        return (first.name, sourceTemplate(first, scope))
    }

    private mutating func sourceTemplate(_ entry: Fields.Entry, _ scope: Scope) -> Template? {
        guard let text = checker.filledText(entry.value, "`\(entry.name)`") else { return nil }
        let template = Template(text)
        for case .literal(let piece) in template.pieces where piece.contains(where: { $0 == "{" || $0 == "}" }) {
            checker.report(
                "braces hold a placeholder, such as {account}: a letter, then letters and digits",
                at: entry.value
            )
            return nil
        }
        var patternScope = scope
        patternScope.words = .unknown
        if scope.sources[entry.name] == .google && !isWellFormedAddress(text, patternScope) {
            checker.report("`\(entry.name)` must be an address such as aws-{account}@example.com", at: entry.value)
            return nil
        }
        return template
    }

    private mutating func groupTemplate(_ fields: Fields, _ scope: Scope) -> Template? {
        guard let node = fields["group"], let text = checker.text(node, "`group`") else { return nil }
        checkGroupName(text, at: node)
        checkPlaceholders(text, at: node, scope)
        return Template(text)
    }

    /// Reads `only`; without it the pattern is unbounded, which is legal and a warning.
    private mutating func only(_ fields: Fields, _ outer: Scope, at node: Node) -> PatternMapping.Only? {
        guard let entry = fields.entry("only") else {
            if !fields.unknown.contains(where: { isNear($0, "only") }) && fields.isWhole {
                checker.report(
                    "this pattern makes a group of every address that fits; say with `only` which permission sets and accounts are meant",
                    at: node.start,
                    severity: .warning,
                    code: "pattern-unbounded"
                )
            }
            return nil
        }
        let keys = ["permissionSets", "accounts"]
        guard let bounds = checker.map(entry.value, "`only`", keys: keys) else { return nil }
        if bounds.entries.isEmpty && !bounds.unknown.contains(where: { key in keys.contains { isNear(key, $0) } })
            && bounds.isWhole
        {
            let message = "`only` lacks `permissionSets`, `accounts` or both"
            checker.report(message, at: entry.key)
        }
        var scope = outer
        scope.words = .forbidden
        return PatternMapping.Only(
            permissionSets: bounds["permissionSets"].map { permissionSets($0, scope) },
            accounts: bounds["accounts"].map { selectors($0, "`accounts`", scope) }
        )
    }
}
