internal import Model

/// What a line of a plan does.
enum ChangeMark: String {
    case added = "+"
    case removed = "-"
    case changed = "~"
}

/// A reason for a line, and where the mapping says so.
struct ReasonLine {
    /// In words; empty where the place says it all.
    var text: String
    /// `file:line`; empty where the mapping has no place for it.
    var place: String

    /// Reasons without a place share a line.
    static func joined(_ lines: [ReasonLine]) -> [ReasonLine] {
        let homeless = lines.filter(\.place.isEmpty).map(\.text).joined(separator: "; ")
        let placed = lines.filter { !$0.place.isEmpty }
        return homeless.isEmpty ? placed : [ReasonLine(text: homeless, place: "")] + placed
    }
}

/// One action as a line: everything made safe to show on a terminal.
struct OutlineLine {
    var mark: ChangeMark
    var what: String
    var reasons: [ReasonLine]
}

/// The actions about one Identity Center group, or those about users.
struct OutlineBlock {
    var mark: ChangeMark = .changed
    var title: String
    /// What is done to the group itself: `new group`, `deleted`; empty where it stays as it is.
    var headline = ""
    var reasons: [ReasonLine] = []
    /// Fields of the group before and after, or the description of a new one.
    var details: [String] = []
    var lines: [OutlineLine] = []
    /// How many actions the block stands for.
    var actions = 0
}

/// A plan's actions grouped by Identity Center group: what text, Markdown and HTML show.
struct PlanOutline {
    /// The users first, where there are any, then the groups by name.
    var blocks: [OutlineBlock]

    init(_ plan: Plan) {
        var users = OutlineBlock(title: "Users in Identity Center")
        var groups: [OutlineBlock] = []
        var places: [String: Int] = [:]
        for action in plan.actions {
            guard let group = action.group else {
                PlanOutline.add(action, to: &users)
                continue
            }
            let place = places[group] ?? groups.count
            if place == groups.count {
                places[group] = place
                groups.append(OutlineBlock(title: group))
            }
            PlanOutline.add(action, to: &groups[place])
        }
        groups.sort { $0.title.utf8.lexicographicallyPrecedes($1.title.utf8) }
        for index in groups.indices {
            groups[index].title = Printable.name(groups[index].title)
            groups[index].sortLines()
        }
        blocks = users.lines.isEmpty ? groups : [users] + groups
    }

    private static func add(_ action: Action, to block: inout OutlineBlock) {
        block.actions += 1
        let reasons = action.reasonLines
        switch action.kind {
        case .createGroup:
            (block.mark, block.headline, block.reasons) = (.added, "new group", reasons)
            block.details = action.description.map { ["description: \(Printable.name($0))"] } ?? []
        case .deleteGroup: (block.mark, block.headline, block.reasons) = (.removed, "group deleted", reasons)
        case .updateGroup:
            (block.headline, block.reasons) = ("changed", reasons)
            block.details = action.changeLines
        case .addMember: block.lines.append(OutlineLine(mark: .added, what: action.userName, reasons: reasons))
        case .removeMember: block.lines.append(OutlineLine(mark: .removed, what: action.userName, reasons: reasons))
        case .createAssignment: block.lines.append(OutlineLine(mark: .added, what: action.reach, reasons: reasons))
        case .deleteAssignment: block.lines.append(OutlineLine(mark: .removed, what: action.reach, reasons: reasons))
        case .createUser, .updateUser, .enableUser, .disableUser, .deleteUser:
            block.lines.append(userLine(action, reasons: reasons))
        }
    }

    private static func userLine(_ action: Action, reasons: [ReasonLine]) -> OutlineLine {
        let (mark, verb): (ChangeMark, String) =
            switch action.kind {
            case .createUser: (.added, "new user")
            case .enableUser: (.added, "enabled")
            case .disableUser: (.removed, "disabled")
            case .deleteUser: (.removed, "deleted")
            default: (.changed, action.changeLines.joined(separator: ", "))
            }
        return OutlineLine(mark: mark, what: "\(action.userName): \(verb)", reasons: reasons)
    }
}

extension OutlineBlock {
    /// Members before assignments is the planner's order already; here what is given stands before what is taken.
    fileprivate mutating func sortLines() {
        lines = lines.filter { $0.mark != .removed } + lines.filter { $0.mark == .removed }
    }
}

extension Action {
    /// The user's name, safe to show.
    fileprivate var userName: String { Printable.name(user ?? userID?.value ?? "") }

    /// `AdministratorAccess on prod (111122223333)`.
    fileprivate var reach: String {
        let set = Printable.name(permissionSet ?? permissionSetARN?.value ?? "")
        let id = Printable.text(account?.value ?? "")
        guard let accountName else { return "\(set) on \(id)" }
        return "\(set) on \(Printable.name(accountName)) (\(id))"
    }

    /// `displayName: platform-team → platform-core`, sorted by field.
    fileprivate var changeLines: [String] {
        changes.sorted { $0.key < $1.key }.map { field, change in
            let from = change.from.map(Printable.name) ?? "(none)"
            let to = change.to.map(Printable.name) ?? "(none)"
            return "\(Printable.text(field)): \(from) → \(to)"
        }
    }

    /// What ended a membership or assignment, and the entries of the mapping that speak for or against it.
    fileprivate var reasonLines: [ReasonLine] {
        var entries = because[...]
        var lines = ended.map { code in
            let parts = code.split(separator: ":", maxSplits: 1)
            let via = parts.count > 1 ? String(parts[1]) : nil
            let at = entries.firstIndex { $0.via == via && via != nil }
            let place = at.map { entries.remove(at: $0).place } ?? ""
            return ReasonLine(text: endedText(code), place: place)
        }
        lines += entries.map { ReasonLine(text: ended.isEmpty ? $0.text : "mapped: " + $0.text, place: $0.place) }
        return ReasonLine.joined(lines)
    }
}

extension Because {
    /// `google:platform@example.com › sre@example.com`, or the note of an access entry.
    fileprivate var text: String {
        let path = (via.map { [$0] + through } ?? []).map(Printable.name).joined(separator: " › ")
        guard let note else { return path }
        return path.isEmpty ? Printable.text(note) : "\(path) (\(Printable.text(note)))"
    }

    /// `Mappings/platform.yaml:12`.
    fileprivate var place: String { "\(Printable.text(file)):\(line)" }
}

/// A reason of `ended` in words. Source: the contract, `PLANNING.md` 26.
func endedText(_ code: String) -> String {
    let parts = code.split(separator: ":", maxSplits: 1).map(String.init)
    let via = parts.count > 1 ? Printable.name(parts[1]) : ""
    switch parts.first {
    case "departed": return "departed"
    case "suspended": return "suspended at the source"
    case "archived": return "archived at the source"
    case "deleted": return "deleted at the source"
    case "guest": return "a guest at the source"
    case "external": return "not of the source's own directory"
    case "unlinked": return "nobody at the sources is linked to this user"
    case "left": return "left \(via)"
    case "required": return via == "user" ? "not one of the required users" : "not in the required \(via)"
    case "excluded": return via == "user" ? "excluded by name" : "excluded by \(via)"
    case "mapping": return "no longer in the mapping"
    case "expired": return "its window is over"
    case "early": return "its window has not begun"
    default: return Printable.text(code)
    }
}
