internal import Mapping
internal import Model

/// A group that the mapping defines, by name or by a pattern.
struct GroupDefinition {
    /// What the mapping says, placeholders filled in.
    var mapping: GroupMapping
    /// The values of the placeholders that its selectors use.
    var values: [String: String] = [:]
    /// Holds that follow from the pattern alone.
    var holds: [Hold] = []

    /// No entries of the mapping stand behind the group of an ambiguous pattern (`PLANNING.md` 11).
    mutating func dropEntries() {
        mapping.members = []
        mapping.require = []
        mapping.except = []
        mapping.access = []
    }
}

/// What the patterns come to.
struct PatternExpansion {
    var definitions: [GroupDefinition] = []
    var warnings: [PlanWarning] = []

    private let mapping: AccessMapping
    private let sources: [SourceIndex]
    private let selection: AccountSelection
    private let accountNames: [String: [String]]
    private let foldedAccountNames: [String: [String]]
    private let setNames: Set<String>
    private let foldedSetNames: [String: [String]]
    private let named: Set<String>

    init(mapping: AccessMapping, sources: [SourceIndex], selection: AccountSelection, permissionSets: [PermissionSet]) {
        self.mapping = mapping
        self.sources = sources
        self.selection = selection
        let names = Set(selection.accounts.map(\.name)).sorted()
        accountNames = Dictionary(grouping: names) { $0 }
        foldedAccountNames = Dictionary(grouping: names) { $0.folded }
        setNames = Set(permissionSets.map(\.name))
        foldedSetNames = Dictionary(grouping: setNames.sorted()) { $0.folded }
        named = Set(mapping.groups.map { $0.name.folded })
        expand()
    }

    private mutating func expand() {
        var made: [String: [Int]] = [:]
        for pattern in mapping.patterns {
            guard let source = sources.first(where: { $0.name == pattern.source }) else { continue }
            for group in source.directory.groups.sorted(by: { $0.shownName < $1.shownName }) {
                for definition in definitions(of: group, by: pattern, in: source)
                where !named.contains(definition.mapping.name.folded) {
                    made[definition.mapping.name.folded, default: []].append(definitions.count)
                    definitions.append(definition)
                }
            }
        }
        mergeCollisions(made)
    }

    /// Two patterns, or two source groups, that make one group: it is held.
    private mutating func mergeCollisions(_ made: [String: [Int]]) {
        var dropped: Set<Int> = []
        for places in made.values where places.count > 1 {
            let first = places[0]
            let makers = places.map { definitions[$0].mapping.members.first?.via ?? definitions[$0].mapping.name }
            if definitions[first].holds.isEmpty {
                definitions[first].holds = [
                    hold(
                        definitions[first].mapping,
                        "more than one source group makes this group: \(Array(Set(makers)).sorted().joined(separator: ", "))"
                    )
                ]
            }
            definitions[first].dropEntries()
            dropped.formUnion(places.dropFirst())
        }
        definitions = definitions.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
    }

    private mutating func definitions(
        of group: SourceGroup,
        by pattern: PatternMapping,
        in source: SourceIndex
    ) -> [GroupDefinition] {
        let isGoogle = source.directory.kind == .google
        let text = group.shownName
        let all = matching(pattern.sourceTemplate, ignoresCase: isGoogle)
        let shape = TemplateMatching(template: pattern.sourceTemplate, ignoresCase: isGoogle) { _, _ in nil }
        guard shape.fits(text) else { return [] }
        let isForeign = isGoogle && !group.isCreatedByAdministrator && !pattern.anyCreator
        let ways = all.ways(of: text)
        let valid = ways.filter { isInside(pattern.only, $0) }
        if isForeign {
            guard !valid.isEmpty else { return [] }
            warn(
                "pattern-creator",
                "\(text) fits the pattern, but no administrator created it: it makes no group",
                pattern
            )
            return []
        }
        guard !ways.isEmpty else {
            warn(
                "pattern-no-match",
                "\(text) fits the pattern, but names no account or permission set: no group",
                pattern
            )
            return []
        }
        guard !valid.isEmpty else {
            warn("pattern-outside-only", "\(text) is outside the pattern's `only`: it makes no group", pattern)
            return []
        }
        return make(valid, from: group, by: pattern, in: source)
    }

    private func make(
        _ ways: [[String: String]],
        from group: SourceGroup,
        by pattern: PatternMapping,
        in source: SourceIndex
    ) -> [GroupDefinition] {
        ways.map { values in
            var definition = GroupDefinition(
                mapping: fill(pattern, values, group: group, source: source),
                values: values
            )
            guard ways.count > 1 else { return definition }
            let readings = ways.map { way in
                pattern.sourceTemplate.words.map { "\($0) = \(way[$0] ?? "")" }.joined(separator: ", ")
            }
            definition.holds = [
                hold(
                    definition.mapping,
                    "\(group.shownName) can be read in \(ways.count) ways: \(readings.joined(separator: "; or "))"
                )
            ]
            definition.dropEntries()
            return definition
        }
    }

    private func fill(
        _ pattern: PatternMapping,
        _ values: [String: String],
        group: SourceGroup,
        source: SourceIndex
    ) -> GroupMapping {
        func filled(_ entries: [MemberEntry]) -> [MemberEntry] {
            entries.map { entry in
                var result = entry
                switch entry.kind {
                case .group(let source, let name):
                    result.kind = .group(source: source, name: Template(name).filled(values))
                case .user(let address): result.kind = .user(Template(address).filled(values))
                }
                return result
            }
        }
        let name = source.directory.kind == .google ? group.shownName : groupReference(group, in: source)
        return GroupMapping(
            name: pattern.group.filled(values),
            description: pattern.description.map { Placed($0.value.filled(values).trimmed, at: $0.place) },
            members: [MemberEntry(kind: .group(source: pattern.source, name: name), place: pattern.place)],
            require: filled(pattern.require),
            except: filled(pattern.except),
            nested: pattern.nested,
            allowEmpty: pattern.allowEmpty,
            adopt: pattern.adopt,
            access: pattern.access.map { entry in
                var result = entry
                result.permissionSets = entry.permissionSets.map {
                    Placed(Template($0.value).filled(values), at: $0.place)
                }
                return result
            },
            place: pattern.place
        )
    }

    /// The name that finds exactly this group again, though another may bear its display name.
    private func groupReference(_ group: SourceGroup, in source: SourceIndex) -> String {
        (source.groupsByName[group.displayName]?.count ?? 0) > 1 ? group.id.value : group.displayName
    }

    func matching(_ template: Template, ignoresCase: Bool) -> TemplateMatching {
        TemplateMatching(template: template, ignoresCase: ignoresCase) { word, value in
            spellings(word, value, ignoresCase: ignoresCase)
        }
    }

    private func spellings(_ word: String, _ text: String, ignoresCase: Bool) -> [String]? {
        switch word {
        case "account": (ignoresCase ? foldedAccountNames[text.folded] : accountNames[text]) ?? []
        case "accountId": selection.byID[AccountID(text)] == nil ? [] : [text]
        case "permissionSet":
            ignoresCase ? foldedSetNames[text.folded] ?? [] : setNames.contains(text) ? [text] : []
        default: nil
        }
    }

    func isInside(_ only: PatternMapping.Only?, _ values: [String: String]) -> Bool {
        guard let only else { return true }
        if let sets = only.permissionSets, let name = values["permissionSet"],
            !sets.contains(where: { $0.value == name })
        {
            return false
        }
        guard let selectors = only.accounts else { return true }
        var ignored = SelectionProblems()
        let inside = selection.select(selectors, as: .bound, &ignored)
        if let name = values["account"], !inside.contains(where: { selection.accounts[$0].name == name }) {
            return false
        }
        if let id = values["accountId"], !inside.contains(where: { selection.accounts[$0].id.value == id }) {
            return false
        }
        return true
    }

    private func hold(_ group: GroupMapping, _ reason: String) -> Hold {
        Hold(
            group: group.name,
            code: "ambiguous-pattern",
            reason: reason,
            file: group.place.file,
            line: group.place.line
        )
    }

    private mutating func warn(_ code: String, _ message: String, _ pattern: PatternMapping) {
        warnings.append(
            PlanWarning(code: code, message: message, file: pattern.place.file, line: pattern.place.line)
        )
    }
}
