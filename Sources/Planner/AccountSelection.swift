internal import Mapping
internal import Model

/// What a selector, or a list of them, comes to in the organization.
struct SelectionProblems {
    /// Holds by code, with the place of the selector.
    var holds: [(code: String, reason: String, place: Place)] = []
    var warnings: [PlanWarning] = []

    mutating func merge(_ other: SelectionProblems) {
        holds += other.holds
        warnings += other.warnings
    }
}

/// Selects accounts (`MAPPING.md` 29–32). Accounts are known by their place in the organization's list.
struct AccountSelection {
    let accounts: [Account]
    let byID: [AccountID: Int]
    let management: AccountID?
    let organizationalUnits: Set<[String]>
    let sets: [String: AccountSet]

    init(_ organization: Organization, sets: [String: AccountSet]) {
        accounts = organization.accounts.sorted { $0.id < $1.id }
        byID = Dictionary(accounts.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        management = organization.managementAccount
        var units = organization.organizationalUnits
        units.insert([])
        for account in organization.accounts {
            for length in 0...account.organizationalUnit.count {
                units.insert(Array(account.organizationalUnit.prefix(length)))
            }
        }
        organizationalUnits = units
        self.sets = sets
    }

    /// Where a selector stands: under `accounts` the management account is special, under `except` it is not.
    enum Role { case select, except, bound }

    /// The places of the accounts that any of the selectors selects.
    func select(
        _ selectors: [Selector],
        as role: Role,
        filling values: [String: String] = [:],
        _ problems: inout SelectionProblems
    ) -> Set<Int> {
        var visited: Set<String> = []
        return select(selectors, as: role, values, &visited, &problems)
    }

    private func select(
        _ selectors: [Selector],
        as role: Role,
        _ values: [String: String],
        _ visited: inout Set<String>,
        _ problems: inout SelectionProblems
    ) -> Set<Int> {
        var result: Set<Int> = []
        for selector in selectors {
            if case .set(let name) = selector.kind {
                guard visited.insert(name).inserted, let set = sets[name] else { continue }
                result.formUnion(select(set.selectors, as: role, values, &visited, &problems))
                visited.remove(name)
            } else {
                result.formUnion(matches(selector, as: role, values, &problems))
            }
        }
        return result
    }

    private func matches(
        _ selector: Selector,
        as role: Role,
        _ values: [String: String],
        _ problems: inout SelectionProblems
    ) -> Set<Int> {
        let isWide: Bool
        let fits: [Int]
        switch selector.kind {
        case .id(let id):
            (fits, isWide) = (byID[id].map { [$0] } ?? [], false)
            noteID(id, selector, &problems)
        case .idTemplate(let text):
            let id = AccountID(Template(text).filled(values))
            (fits, isWide) = (byID[id].map { [$0] } ?? [], true)
            noteID(id, selector, &problems)
        case .name(let pattern):
            fits = places { Glob(pattern).matches($0.name) }
            isWide = Glob(pattern).hasWildcards
            if !isWide { noteExactName(pattern, fits, selector, &problems) }
        case .nameTemplate(let text):
            let pattern = Template(text).filled(values)
            fits = places { Glob(pattern).matches($0.name) }
            isWide = true
            if !Glob(pattern).hasWildcards { noteExactName(pattern, fits, selector, &problems) }
        case .organizationalUnit(let path):
            let filled = path.map { Template($0).filled(values) }
            fits = places { $0.organizationalUnit.starts(with: filled) }
            isWide = true
            if !organizationalUnits.contains(filled) {
                problems.holds.append(
                    ("unknown-ou", "the organization has no OU /\(filled.joined(separator: "/"))", selector.place)
                )
                return []
            }
        case .tags(let tags):
            let filled = Dictionary(
                tags.map { (Template($0).filled(values), Template($1).filled(values)) },
                uniquingKeysWith: { $1 }
            )
            fits = places { account in filled.allSatisfy { account.tags[$0] == $1 } }
            isWide = true
        case .all:
            (fits, isWide) = (Array(accounts.indices), true)
        case .set: return []
        }
        let chosen = fits.filter { place in
            (role == .bound || accounts[place].isActive || role == .except)
                && (role == .except || !isWide || accounts[place].id != management)
        }
        if chosen.isEmpty, role != .bound, !isKnownInactive(selector, fits) {
            problems.warnings.append(
                PlanWarning(
                    code: "selector-matches-nothing",
                    message: "`\(selector.kind.shown)` matches no account that it may select",
                    file: selector.place.file,
                    line: selector.place.line
                )
            )
        }
        return Set(chosen)
    }

    private func isKnownInactive(_ selector: Selector, _ fits: [Int]) -> Bool {
        switch selector.kind {
        case .id(let id): byID[id] == nil || !fits.isEmpty
        case .idTemplate: true
        default: false
        }
    }

    private func noteID(_ id: AccountID, _ selector: Selector, _ problems: inout SelectionProblems) {
        guard let place = byID[id] else {
            problems.holds.append(("unknown-account", "the organization has no account \(id)", selector.place))
            return
        }
        guard !accounts[place].isActive else { return }
        problems.warnings.append(
            PlanWarning(
                code: "account-inactive",
                message: "account \(id) (\(accounts[place].name)) is not ACTIVE, so it is not selected",
                file: selector.place.file,
                line: selector.place.line
            )
        )
    }

    private func noteExactName(
        _ name: String,
        _ fits: [Int],
        _ selector: Selector,
        _ problems: inout SelectionProblems
    ) {
        let active = fits.filter { accounts[$0].isActive }
        guard active.count > 1 else { return }
        let ids = active.map { accounts[$0].id.value }.joined(separator: ", ")
        problems.holds.append(
            (
                "ambiguous-account", "\(active.count) active accounts are named \(name): \(ids); use the id",
                selector.place
            )
        )
    }

    private func places(where isFit: (Account) -> Bool) -> [Int] {
        accounts.indices.filter { isFit(accounts[$0]) }
    }
}

/// A glob over names: `*` any number of characters, `?` one, anchored, with case.
struct Glob {
    private let pattern: [Character]

    init(_ text: String) { pattern = Array(text) }

    var hasWildcards: Bool { pattern.contains("*") || pattern.contains("?") }

    func matches(_ text: String) -> Bool {
        let name = Array(text)
        var patternAt = 0
        var nameAt = 0
        var star: (pattern: Int, name: Int)?
        while nameAt < name.count {
            if patternAt < pattern.count, pattern[patternAt] == "*" {
                star = (patternAt, nameAt)
                patternAt += 1
            } else if patternAt < pattern.count, pattern[patternAt] == "?" || pattern[patternAt] == name[nameAt] {
                patternAt += 1
                nameAt += 1
            } else if let back = star {
                patternAt = back.pattern + 1
                nameAt = back.name + 1
                star = (back.pattern, back.name + 1)
            } else {
                return false
            }
        }
        return pattern[patternAt...].allSatisfy { $0 == "*" }
    }
}

extension Selector.Kind {
    /// The selector as a mapping writes it.
    fileprivate var shown: String {
        switch self {
        case .id(let id): "id: \(id)"
        case .idTemplate(let text): "id: \(text)"
        case .name(let text), .nameTemplate(let text): "name: \(text)"
        case .organizationalUnit(let path): "ou: /\(path.joined(separator: "/"))"
        case .tags(let tags):
            "tag: { \(tags.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")) }"
        case .set(let name): "set: \(name)"
        case .all: "all: true"
        }
    }
}
