internal import Mapping
internal import Model

/// Goes through the groups of a mapping, and those that its patterns make, for ``AccessListing``.
struct AccessLister {
    private(set) var groups: [AccessListing.Group] = []
    private(set) var leftOut: [PlanWarning] = []
    private(set) var warnings: [PlanWarning] = []

    private let mapping: AccessMapping
    private let selection: AccountSelection
    private let access: AccessResolution
    private let expansion: PatternExpansion
    private let now: Timestamp

    init(mapping: AccessMapping, observed: ObservedState, now: Timestamp) {
        self.mapping = mapping
        self.now = now
        selection = AccountSelection(observed.organization, sets: mapping.accountSets)
        access = AccessResolution(selection: selection, permissionSets: observed.permissionSets, now: now)
        expansion = PatternExpansion(
            mapping: mapping,
            sources: [],
            selection: selection,
            permissionSets: observed.permissionSets
        )
    }

    /// Lists a group that the mapping names.
    mutating func list(_ group: GroupMapping) {
        groups.append(AccessListing.Group(name: group.name, pairs: pairs(of: group.access, filling: [:])))
    }

    // MARK: Patterns

    private struct Way: Hashable {
        var pattern: Int
        var values: [String: String]
    }

    /// Lists an owned group, where exactly one pattern makes its name in exactly one way.
    mutating func list(owned name: String) {
        let ways = ways(of: name)
        guard let way = ways.first else { return }
        let pattern = mapping.patterns[way.pattern]
        guard ways.count == 1 else {
            leaveOut(
                "ambiguous-pattern",
                "\(name) can be read in \(ways.count) ways, so its access is not known",
                pattern.place
            )
            return
        }
        let entries = entries(of: pattern, filling: way.values)
        groups.append(AccessListing.Group(name: name, pairs: pairs(of: entries, filling: way.values, for: name)))
    }

    /// With case first: only where that fits nothing may the name differ from what a pattern makes in case.
    private func ways(of name: String) -> [Way] {
        let exact = ways(of: name, ignoresCase: false)
        return exact.isEmpty ? ways(of: name, ignoresCase: true) : exact
    }

    private func ways(of name: String, ignoresCase: Bool) -> [Way] {
        mapping.patterns.enumerated().flatMap { place, pattern in
            expansion.matching(pattern.group, ignoresCase: ignoresCase).ways(of: name)
                .filter { expansion.isInside(pattern.only, $0) }
                .map { Way(pattern: place, values: $0) }
        }
    }

    private func entries(of pattern: PatternMapping, filling values: [String: String]) -> [AccessEntry] {
        pattern.access.map { entry in
            var entry = entry
            entry.permissionSets = entry.permissionSets.map { Placed(Template($0.value).filled(values), at: $0.place) }
            return entry
        }
    }

    // MARK: Entries

    private mutating func pairs(
        of entries: [AccessEntry],
        filling values: [String: String],
        for name: String? = nil
    ) -> Set<AccessPair> {
        var result: Set<AccessPair> = []
        for entry in entries where entry.until.map({ now < $0 }) ?? true {
            if let name, let word = unfilled(entry, values) {
                leaveOut(
                    "unknown-placeholder",
                    "the name \(name) does not tell what {\(word)} stands for, so this access is left out",
                    entry.place
                )
                continue
            }
            var open = entry
            open.from = nil
            open.until = nil
            open.accounts = clear(entry.accounts, filling: values)
            let resolved = access.resolve([open], filling: values)
            result.formUnion(resolved.desired.keys)
            for hold in resolved.problems.holds { leaveOut(hold.code, hold.reason, hold.place) }
            warnings += resolved.problems.warnings
        }
        return result
    }

    /// The selectors without those that name several accounts where one is meant.
    private mutating func clear(_ selectors: [Selector], filling values: [String: String]) -> [Selector] {
        var kept: [Selector] = []
        for selector in selectors {
            var problems = SelectionProblems()
            _ = selection.select([selector], as: .select, filling: values, &problems)
            let unclear = problems.holds.filter { $0.code == "ambiguous-account" }
            if unclear.isEmpty { kept.append(selector) }
            for hold in unclear { leaveOut(hold.code, hold.reason, hold.place) }
        }
        return kept
    }

    /// A placeholder that an entry of a pattern uses and that has no value.
    private func unfilled(_ entry: AccessEntry, _ values: [String: String]) -> String? {
        var templates = entry.permissionSets.map(\.value)
        for selector in entry.accounts + entry.except {
            switch selector.kind {
            case .nameTemplate(let text), .idTemplate(let text): templates.append(text)
            case .organizationalUnit(let path): templates += path
            case .tags(let tags): templates += tags.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
            case .id, .name, .set, .all: break
            }
        }
        return templates.flatMap { Template($0).words }.first { values[$0] == nil }
    }

    private mutating func leaveOut(_ code: String, _ message: String, _ place: Place) {
        leftOut.append(PlanWarning(code: code, message: message, file: place.file, line: place.line))
    }
}
