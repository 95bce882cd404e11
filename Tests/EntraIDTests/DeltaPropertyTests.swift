import HTTP
import Model
import Sandbox
import TestSupport
import Testing

@testable import EntraID

/// Any sequence of changes and reads, with a ledger that is lost or restored from an old copy, and with a Graph that
/// repeats itself, shuffles its pages and lets links expire, gives the same directory as one full read.
@Suite struct DeltaPropertyTests {
    @Test("delta reads equal full reads", arguments: 1...60)
    func equality(seed: Int) async throws {
        // Half of them with lists so large that they are not read again.
        try await ListSize.$small.withValue(seed % 2 == 0 ? 999 : 1) { try await walk(seed: seed) }
    }

    private func walk(seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var world = World.tenant
        world.entra.behaviour.deltaPageSize = Int.random(in: 1...4, using: &random)
        world.entra.behaviour.deltaMembersPerEntry = Int.random(in: 1...3, using: &random)
        world.entra.behaviour.pageLimit = Int.random(in: 1...5, using: &random)
        world.entra.behaviour.hasReplays = Bool.random(using: &random)
        world.entra.behaviour.isShuffled = Bool.random(using: &random)
        world.entra.behaviour.tellsDeletedMembers = Bool.random(using: &random)
        world.entra.behaviour.throttlesEachNthPart = [0, 2, 5].randomElement(using: &random) ?? 0
        world.entra.behaviour.forgetsRestoredMembers = Bool.random(using: &random)
        world.entra.behaviour.expiredDeltaStatus = [410, 400].randomElement(using: &random) ?? 410
        world.entra.applications[0].roles.insert("Member.Read.Hidden")
        if Bool.random(using: &random) {
            world.entra.applications[0].roles.insert("User-LifeCycleInfo.Read.All")
        }
        let cache = MemoryCache()
        let tenant = try await Tenant(world, cache: cache, wire: .direct)
        let full = EntraID(
            settings: tenant.source.settings,
            transport: DirectTransport(world: tenant.sandbox.world),
            time: tenant.time
        )
        var old: [[String: [UInt8]]] = [[:]]
        for step in 0..<25 {
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let change = Change.random(using: &random)
                tenant.sandbox.world.update { change.apply(to: &$0) }
            }
            tenant.time.pass(seconds: [10, 600, 3600, 86_400].randomElement(using: &random) ?? 10)
            switch Int.random(in: 0..<12, using: &random) {
            case 0: cache.contents = [:]
            case 1: cache.contents = old.randomElement(using: &random) ?? [:]
            case 2: tenant.time.pass(seconds: 8 * 86_400)
            case 3:
                let effects: [Fault.Effect] = [
                    .serverError(503), .malformedJSON, .repeatedPageToken, .duplicatePage, .expiredPageToken,
                    .emptyPage,
                    .truncated(after: 5), .refused(code: "syncStateNotFound", status: 410),
                ]
                let operation = ["users.delta", "groups.delta", "$batch"].randomElement(using: &random)
                let occurrence = Int.random(in: 1...3, using: &random)
                tenant.sandbox.world.inject(
                    Fault(
                        .init("graph", operation),
                        .nth(occurrence),
                        effects.randomElement(using: &random) ?? .malformedJSON
                    )
                )
            case 4: _ = try? await tenant.source.userStates()
            default: break
            }
            let seen = try await tenant.source.listing()
            let asked = seen.groups.map(\.id).filter { _ in Bool.random(using: &random) }
            let members = await tenant.source.members(of: asked)
            tenant.sandbox.world.clearFaults()
            let truth = try await full.listing()
            let lists = await full.members(of: asked)
            let place = "seed \(seed), step \(step)"
            if seen.usersProblem == nil { #expect(seen.users == truth.users, "\(place)") }
            if seen.groupsProblem == nil { #expect(seen.groups == truth.groups, "\(place)") }
            for group in asked {
                if case .unreadable? = members[group] { continue }
                #expect(members[group] == lists[group], "\(place), \(group)")
            }
            old.append(cache.contents)
        }
        // In the end, with nothing in the way, nothing is left out.
        var seen = try await tenant.source.listing()
        seen.members = await tenant.source.members(of: seen.groups.map(\.id))
        var truth = try await full.listing()
        truth.members = await full.members(of: truth.groups.map(\.id))
        #expect(seen == truth, "seed \(seed)")
    }
}

/// Something that an administrator does.
private enum Change {
    case addUser(Int)
    case toggleUser(Int)
    case renameUser(Int, Int)
    case clearMail(Int)
    case convertUser(Int)
    case setLeaveDate(Int, Int)
    case deleteUser(Int)
    case restoreUser(Int)
    case purgeUser(Int)
    case addGroup(Int)
    case renameGroup(Int, Int)
    case hideGroup(Int)
    case deleteGroup(Int)
    case restoreGroup(Int)
    case purgeGroup(Int)
    case addMember(Int, to: Int)
    case nest(Int, in: Int)
    case removeMember(Int, from: Int)

    static func random(using random: inout SeededGenerator) -> Change {
        let user = Int.random(in: 1...9, using: &random)
        let group = Int.random(in: 11...18, using: &random)
        let other = Int.random(in: 11...18, using: &random)
        let changes: [Change] = [
            .addUser(user), .toggleUser(user), .renameUser(user, other), .clearMail(user), .convertUser(user),
            .setLeaveDate(user, other), .deleteUser(user),
            .restoreUser(user), .purgeUser(user), .addGroup(group), .renameGroup(group, other), .hideGroup(group),
            .deleteGroup(group), .restoreGroup(group), .purgeGroup(group), .addMember(user, to: group),
            .addMember(user, to: other), .nest(other, in: group), .removeMember(user, from: group),
            .removeMember(other, from: group),
        ]
        return changes.randomElement(using: &random) ?? .toggleUser(1)
    }

    func apply(to world: inout World) {
        switch self {
        case .addUser(let number):
            if !world.entra.users.contains(where: { $0.id == World.id(number) }) {
                world.addEntraUser("user\(number)@example.com", id: World.id(number), mail: "user\(number)@example.com")
                // Half of them are known by their date to be new, the others may be old ones that were restored.
                if number % 2 == 0 {
                    world.changeEntraUser(World.id(number)) { $0.createdAt = "2030-01-01T00:00:00Z" }
                }
            }
        case .toggleUser(let number): world.changeEntraUser(World.id(number)) { $0.isEnabled.toggle() }
        case .renameUser(let number, let name):
            world.changeEntraUser(World.id(number)) { user in
                user.userPrincipalName = "user\(number).\(name)@example.com"
                user.proxyAddresses = ["SMTP:user\(number).\(name)@example.com", "smtp:user\(number)@example.com"]
            }
        case .clearMail(let number):
            world.changeEntraUser(World.id(number)) { ($0.mail, $0.proxyAddresses, $0.surname) = (nil, [], nil) }
        case .convertUser(let number):
            world.changeEntraUser(World.id(number)) { user in
                let isGuest = user.userType == "Guest"
                user.userType = isGuest ? "Member" : "Guest"
                user.mail = "user\(number)@\(isGuest ? "example.com" : "partner.example")"
            }
        case .setLeaveDate(let number, let day):
            world.changeEntraUser(World.id(number)) { user in
                user.leaveDate = user.leaveDate == nil ? "2026-12-\(day)T00:00:00Z" : nil
            }
        case .deleteUser(let number):
            guard world.entra.users.filter({ $0.deletedAt == nil }).count > 2 else { return }
            world.changeEntraUser(World.id(number)) { $0.deletedAt = "2026-11-24T00:00:00Z" }
        case .restoreUser(let number): world.changeEntraUser(World.id(number)) { $0.deletedAt = nil }
        case .purgeUser(let number):
            let id = World.id(number)
            guard world.entra.users.contains(where: { $0.id == id && $0.deletedAt != nil }) else { return }
            world.entra.users.removeAll { $0.id == id }
            for group in world.entra.groups.indices { world.entra.groups[group].members.removeAll { $0.id == id } }
        case .addGroup(let number):
            if !world.entra.groups.contains(where: { $0.id == World.id(number) }) {
                world.addEntraGroup("group \(number)", id: World.id(number))
                add(.user(World.id(1)), to: number, &world)
            }
        case .renameGroup(let number, let name):
            world.changeEntraGroup(World.id(number)) { $0.displayName = "group \(name)" }
        case .hideGroup(let number): world.changeEntraGroup(World.id(number)) { $0.isHidden.toggle() }
        case .deleteGroup(let number):
            world.changeEntraGroup(World.id(number)) { $0.deletedAt = "2026-11-24T00:00:00Z" }
        case .restoreGroup(let number): world.changeEntraGroup(World.id(number)) { $0.deletedAt = nil }
        case .purgeGroup(let number):
            let id = World.id(number)
            guard world.entra.groups.contains(where: { $0.id == id && $0.deletedAt != nil }) else { return }
            world.entra.groups.removeAll { $0.id == id }
            for group in world.entra.groups.indices { world.entra.groups[group].members.removeAll { $0.id == id } }
        case .addMember(let user, let group): add(.user(World.id(user)), to: group, &world)
        case .nest(let inner, let group): add(.group(World.id(inner)), to: group, &world)
        case .removeMember(let member, let group):
            world.changeEntraGroup(World.id(group)) { $0.members.removeAll { $0.id == World.id(member) } }
        }
    }

    private func add(_ member: World.EntraMember, to group: Int, _ world: inout World) {
        let exists =
            world.entra.users.contains { $0.id == member.id } || world.entra.groups.contains { $0.id == member.id }
        guard exists else { return }
        world.changeEntraGroup(World.id(group)) { if !$0.members.contains(member) { $0.members.append(member) } }
    }
}
