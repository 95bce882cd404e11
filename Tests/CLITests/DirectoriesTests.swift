import Foundation
import Model
import Sandbox
import Testing

@Suite("one directory, the other, and both", .serialized)
struct DirectoriesTests {
    /// A place with these sources; the README's cases change the world and bring mappings of their own.
    static func place(
        _ sources: [String],
        mapping: String? = nil,
        _ change: (inout World) -> Void = { _ in }
    ) async throws -> Workplace {
        var world = TwoDirectories.world()
        change(&world)
        let place = try await Workplace.start(world, mapping: mapping ?? TwoDirectories.mapping(of: sources))
        try place.write(place.configuration(of: sources), to: "idbridge.yaml")
        return place
    }

    @Test(
        "a sync from each alone, and from both, ends in an empty second plan that names the sources",
        arguments: [["google"], ["entra"], ["google", "entra"]]
    )
    func sync(sources: [String]) async throws {
        let place = try await DirectoriesTests.place(sources)
        defer { place.stop() }
        let plan = try PlanReading.plan(try await place.run("plan", "--format", "json").output)
        var via: Set<String> = []
        if sources.contains("google") { via.insert("google:staff@example.com") }
        if sources.contains("entra") { via.formUnion(["entra:Platform Engineers", "entra:\(TwoDirectories.leads)"]) }
        let reasons = plan.actions.filter { $0.kind == .addMember }.flatMap(\.because)
        #expect(Set(reasons.compactMap(\.via)) == via)
        if sources.contains("entra") {
            let nested = plan.actions.first { $0.group == "engineers" && $0.user == "dee@example.com" }
            #expect(nested?.because.map(\.through) == [["Leads"]])
        }
        let sync = try await place.run("sync")
        #expect(sync.exit == 0, "\(sync.output)\(sync.errors)")
        let groups = place.world.snapshot().outcome.filter { $0.hasPrefix("group ") }
        #expect(groups == TwoDirectories.outcome(of: sources))
        place.world.clearLog()
        let second = try await place.run("plan", "--detailed-exitcode")
        #expect(second.exit == 0, "\(second.output)\(second.errors)")
        #expect(place.world.writes.isEmpty)
    }

    @Test("a second run reads Entra by two delta calls, and the look for leavers by one")
    func calls() async throws {
        let place = try await DirectoriesTests.place(["google", "entra"])
        defer { place.stop() }
        func graph() -> [String: Int] {
            let calls = place.world.log.filter { $0.service == "graph" }
            place.world.clearLog()
            return Dictionary(grouping: calls, by: \.operation).mapValues(\.count)
        }
        #expect(try await place.run("sync").exit == 0)
        _ = graph()
        for command in ["sync", "plan"] {
            #expect(try await place.run(command).exit == 0)
            #expect(graph() == ["users.delta": 1, "groups.delta": 1], "\(command)")
        }
        // The first look asks about those who are suspended already; later ones only about those who changed.
        #expect(try await place.run("departures").exit == 0)
        _ = graph()
        #expect(try await place.run("departures").exit == 0)
        #expect(graph() == ["users.delta": 1])
    }

    /// An answer without the entries of this id, and without the memberships of it.
    private static func without(_ id: String, _ value: JSONValue) -> JSONValue {
        var value = value
        let entries = (value["value"]?.array ?? []).filter { $0["id"]?.text != id }
        value["value"] = .array(
            entries.map { entry in
                var entry = entry
                if let changes = entry["members@delta"]?.array {
                    entry["members@delta"] = .array(changes.filter { $0["id"]?.text != id })
                }
                return entry
            }
        )
        return value
    }

    @Test("a first delta that came short is not believed for ever", arguments: ["users.delta", "groups.delta"])
    func shortDelta(operation: String) async throws {
        let place = try await DirectoriesTests.place(["entra"])
        defer { place.stop() }
        #expect(try await place.run("sync").exit == 0)
        let whole = place.world.snapshot().outcome
        let dee = try #require(
            place.world.snapshot().entra.users.first { $0.userPrincipalName == "dee@example.com" }?.id
        )
        for id in [dee, TwoDirectories.leads] {
            for name in try FileManager.default.contentsOfDirectory(atPath: place.folder) {
                if name.hasPrefix("ledger.sqlite") { try FileManager.default.removeItem(atPath: place.path(name)) }
            }
            place.world.inject(
                Fault(.operation("graph", operation), .every, .edited { DirectoriesTests.without(id, $0) })
            )
            let short = try await place.run("sync")
            #expect(place.world.snapshot().outcome == whole, "\(short.output)")
            place.world.clearFaults()
            let next = try await place.run("sync")
            #expect(next.exit == 0, "\(next.output)\(next.errors)")
            #expect(try await place.run("plan", "--detailed-exitcode").exit == 0)
        }
    }

    @Test("a ledger that is lost, restored from an old copy, or whose links have expired never leads to a wrong result")
    func ledgerLoss() async throws {
        let place = try await DirectoriesTests.place(["entra"])
        defer { place.stop() }
        let files = FileManager.default
        func ledgerFiles() throws -> [String] {
            try files.contentsOfDirectory(atPath: place.folder).filter { $0.hasPrefix("ledger.sqlite") }
        }
        func remove() throws { for name in try ledgerFiles() { try files.removeItem(atPath: place.path(name)) } }
        /// Changes the directory, syncs, and compares with what a reader without a ledger plans.
        func change(_ what: String, _ change: (inout World) -> Void) async throws {
            place.world.update(change)
            let sync = try await place.run("sync")
            #expect(sync.exit == 0, "\(what): \(sync.output)\(sync.errors)")
            let kept = try ledgerFiles().map { ($0, try Data(contentsOf: URL(fileURLWithPath: place.path($0)))) }
            try remove()
            let plan = try await place.run("plan", "--detailed-exitcode")
            #expect(plan.exit == 0, "\(what): \(plan.output)\(plan.errors)")
            for (name, bytes) in kept { try bytes.write(to: URL(fileURLWithPath: place.path(name))) }
        }
        try await change("first") { _ in }
        let old = try ledgerFiles().map { ($0, try Data(contentsOf: URL(fileURLWithPath: place.path($0)))) }
        try await change("continued") { world in
            world.changeEntraUser("dee@example.com") { $0.isEnabled = false }
            let dee = TwoDirectories.entra(world, "dee")
            world.changeEntraGroup("Platform Engineers") { $0.members += dee }
        }
        try await change("more") { world in
            world.changeEntraUser("dee@example.com") { $0.isEnabled = true }
            world.changeEntraGroup("Contractors") { $0.members = [] }
        }
        try remove()
        for (name, bytes) in old { try bytes.write(to: URL(fileURLWithPath: place.path(name))) }
        try await change("restored") { world in
            world.changeEntraUser("ana@example.com") { $0.isEnabled = false }
        }
        try remove()
        try await change("lost") { world in
            world.changeEntraUser("ana@example.com") { $0.isEnabled = true }
        }
        place.world.clearLog()
        try await change("expired") { world in
            world.entra.behaviour.deltaSeconds = 0
            world.changeEntraUser("cy@example.com") { $0.isEnabled = false }
        }
        #expect(place.world.log.contains { $0.code == "syncStateNotFound" })
    }

    // MARK: The README's cases

    private func members(_ place: Workplace) -> [String: String] {
        let lines = place.world.snapshot().outcome.filter { $0.hasPrefix("group ") }
        return Dictionary(
            lines.map { line in
                let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
                return (String(line.split(separator: " ")[1]), String(parts.last ?? "").trimmingPrefix(" ").description)
            }
        ) { $1 }
    }

    @Test("active in one, suspended in the other: the source that the entry names decides")
    func suspendedInOne() async throws {
        let mapping = """
            version: 1
            groups:
              by-google: { members: [{ google: staff@example.com }] }
              by-entra: { members: [{ entra: Platform Engineers }] }
            """
        let place = try await DirectoriesTests.place(["google", "entra"], mapping: mapping)
        defer { place.stop() }
        #expect(try await place.run("sync").exit == 0)
        let groups = members(place)
        // bo is blocked in Entra, cy is suspended in Google.
        #expect(groups["by-google"]?.contains("bo@") == true && groups["by-google"]?.contains("cy@") == false)
        #expect(groups["by-entra"]?.contains("cy@") == true && groups["by-entra"]?.contains("bo@") == false)
    }

    @Test("excluded in either: a person in any state stays out of what the other would give")
    func excludedInEither() async throws {
        let mapping = """
            version: 1
            groups:
              engineers:
                members: [{ entra: Platform Engineers }]
                except: [{ google: contractors@example.com }]
            """
        let place = try await DirectoriesTests.place(["google", "entra"], mapping: mapping) { world in
            world.addGoogleGroup("contractors@example.com", members: TwoDirectories.google(world, "cy"))
        }
        defer { place.stop() }
        #expect(try await place.run("sync").exit == 0)
        #expect(members(place)["engineers"] == "ana@example.com dee@example.com eli@example.com pat@partner.example")
    }

    @Test("one address, two people: the group is held, and says so")
    func ambiguousAddress() async throws {
        let mapping = """
            version: 1
            groups:
              audit: { members: [{ user: sam@example.com }] }
              staff: { members: [{ google: staff@example.com }] }
            """
        let place = try await DirectoriesTests.place(["google", "entra"], mapping: mapping) { world in
            let one = world.addGoogleUser("sam@example.com")
            let two = world.addEntraUser("sam@example.com")
            world.addUser("sam@example.com", externalID: one.id)
            world.addUser("sam.two@example.com", externalID: two.id)
        }
        defer { place.stop() }
        let plan = try PlanReading.plan(try await place.run("plan", "--format", "json").output)
        #expect(plan.held.map(\.group) == ["audit"] && plan.held.map(\.code) == ["ambiguous-user"])
        #expect(try await place.run("sync").exit == 4)
        #expect(members(place).keys.sorted() == ["staff"])
    }

    @Test("two users of one directory that claim one person: neither added nor removed, the rest goes on")
    func linkConflict() async throws {
        let mapping = """
            version: 1
            groups:
              team: { members: [{ entra: Team }], adopt: true }
            """
        let place = try await DirectoriesTests.place(["google", "entra"], mapping: mapping) { world in
            for name in ["mia.one", "mia.two"] {
                world.addEntraUser("\(name)@example.com", proxyAddresses: ["smtp:mia@example.com"])
            }
            let mia = world.addUser("mia@example.com")
            world.addEntraGroup("Team", members: TwoDirectories.entra(world, "mia.one", "dee"))
            world.addGroup("team", description: "[idbridge:platform]", members: [mia.id])
        }
        defer { place.stop() }
        let plan = try PlanReading.plan(try await place.run("plan", "--format", "json").output)
        #expect(plan.warnings.map(\.code).contains("link-conflict"))
        #expect(try await place.run("sync").exit == 4)
        #expect(members(place)["team"] == "dee@example.com mia@example.com")
    }

    @Test("two addresses, one person: linked by the id that Identity Center knows, and by an alias")
    func renamedPerson() async throws {
        let mapping = """
            version: 1
            groups:
              team: { members: [{ google: team@example.com }], except: [{ entra: Contractors }] }
            """
        let place = try await DirectoriesTests.place(["google", "entra"], mapping: mapping) { world in
            let kim = world.addGoogleUser("kim.new@example.com")
            world.addUser("kim@example.com", externalID: kim.id)
            world.addEntraUser("kim.entra@example.com", proxyAddresses: ["SMTP:kim@example.com"])
            world.addGoogleGroup(
                "team@example.com",
                members: [.user(kim.id)] + TwoDirectories.google(world, "ana")
            )
            let contractor = TwoDirectories.entra(world, "kim.entra")
            world.changeEntraGroup("Contractors") { $0.members += contractor }
        }
        defer { place.stop() }
        #expect(try await place.run("sync").exit == 0)
        #expect(members(place)["team"] == "ana@example.com")
    }

    @Test("left in one, active in the other: the entries of the one give nothing more, and nobody is taken out")
    func leftOne() async throws {
        let place = try await DirectoriesTests.place(["google", "entra"])
        defer { place.stop() }
        #expect(try await place.run("sync").exit == 0)
        #expect(try await place.run("departures").exit == 0)
        place.world.update { world in
            world.google.users.removeAll { $0.primaryEmail == "ana@example.com" }
        }
        let looked = try await place.run("departures")
        #expect(looked.exit == 0, "\(looked.output)\(looked.errors)")
        #expect(members(place)["staff"]?.contains("ana@") == true)
        let sync = try await place.run("sync")
        #expect(sync.exit == 0, "\(sync.output)\(sync.errors)")
        #expect(members(place)["staff"] == "bo@example.com gus@example.com")
        #expect(members(place)["engineers"]?.contains("ana@") == true)
    }
}
