import Foundation
import Model
import Testing

@testable import SQLiteLedger

@Suite struct SQLiteLedgerTests {
    @Test("a run begins, ends and is listed, newest first") func runs() async throws {
        let ledger = try SQLiteLedger.inMemory()
        let first = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0), fingerprint: "sha256:1"))
        let second = try await ledger.begin(RunRecord(command: "offboard", startedAt: moment(1)))
        #expect(second > first)
        try await ledger.end(run: first, at: moment(9), exitCode: 4, outcome: "1 held")
        let runs = try await ledger.runs(limit: 10)
        #expect(
            runs == [
                RunRecord(id: second, command: "offboard", startedAt: moment(1)),
                RunRecord(
                    id: first,
                    command: "sync",
                    startedAt: moment(0),
                    endedAt: moment(9),
                    exitCode: 4,
                    fingerprint: "sha256:1",
                    outcome: "1 held"
                ),
            ]
        )
        #expect(try await ledger.runs(limit: 1).map(\.id) == [second])
        #expect(try await ledger.runs(limit: 0).isEmpty)
    }

    @Test("what is noted of a run that was never begun is refused, and so is its end") func unknownRun() async throws {
        let ledger = try SQLiteLedger.inMemory()
        await #expect(throws: LedgerError.self) { try await ledger.note([action("a", run: 7)]) }
        let error = await #expect(throws: LedgerError.self) {
            try await ledger.end(run: 7, at: moment(0), exitCode: 0, outcome: "")
        }
        #expect(error?.description.contains("it has no run 7") == true)
    }

    @Test("a second note of an action in the same run replaces the first") func notes() async throws {
        let ledger = try SQLiteLedger.inMemory()
        let run = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
        let other = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
        try await ledger.note([action("a", run: run, status: .begun), action("b", run: run, status: .begun)])
        try await ledger.note([action("a", run: other)])
        try await ledger.note([action("a", run: run, status: .failed, at: moment(5))])
        #expect(
            try await ledger.actions(run: run, about: nil, limit: 9) == [
                action("a", run: run, status: .failed, at: moment(5)), action("b", run: run, status: .begun),
            ]
        )
        #expect(try await ledger.actions(run: nil, about: nil, limit: 2).map(\.run) == [run, other])
    }

    @Test("notes stand all or not at all") func allOrNothing() async throws {
        let ledger = try SQLiteLedger.inMemory()
        let run = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
        await #expect(throws: LedgerError.self) {
            try await ledger.note([action("a", run: run), action("b", run: 99)])
        }
        #expect(try await ledger.actions(run: nil, about: nil, limit: 9).isEmpty)
        try await ledger.note([action("a", run: run)])
        #expect(try await ledger.actions(run: nil, about: nil, limit: 9).count == 1)
    }

    @Test("actions are found by user and group, by name in any case and Unicode form, and by id") func about()
        async throws
    {
        let ledger = try SQLiteLedger.inMemory()
        let run = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
        try await ledger.note([
            action("1", run: run, group: "Équipe", user: "Ana@Example.com"),
            action("2", run: run, group: "E\u{301}quipe", user: "bob@example.com"),
            action("3", run: run, group: "other", user: "ANA@example.com"),
        ])
        func found(_ name: String) async throws -> [String] {
            try await ledger.actions(run: nil, about: name, limit: 9).map(\.actionID)
        }
        #expect(try await found("ana@example.com") == ["3", "1"])
        #expect(try await found("équipe") == ["2", "1"])
        #expect(try await found("u-1") == ["3", "2", "1"])
        #expect(try await found("g-1") == ["3", "2", "1"])
        #expect(try await found("nobody") == [])
        #expect(try await ledger.actions(run: nil, about: "ana@example.com", limit: 1).map(\.actionID) == ["3"])
        #expect(try await ledger.actions(run: run + 1, about: "ana@example.com", limit: 9).isEmpty)
    }

    @Test("takings count what was done and counts, since the moment, and was allowed by nobody") func takings()
        async throws
    {
        let ledger = try SQLiteLedger.inMemory()
        let run = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
        try await ledger.note([
            action("1", run: run, kind: .removeMember, at: moment(10)),
            action("2", run: run, kind: .removeMember, at: moment(11)),
            action("3", run: run, kind: .deleteAssignment, at: moment(10)),
            action("4", run: run, kind: .deleteGroup, at: moment(10)),
            action("early", run: run, at: moment(9)),
            action("allowed", run: run, at: moment(10), isAllowed: true),
            action("departed", run: run, at: moment(10), countsForBrakes: false),
            action("addition", run: run, kind: .addMember, at: moment(10)),
            action("begun", run: run, status: .begun, at: moment(10)),
            action("failed", run: run, status: .failed, at: moment(10)),
            action("skipped", run: run, status: .skipped, at: moment(10)),
            action("kept", run: run, status: .kept, at: moment(10)),
            action("user", run: run, kind: .deleteUser, at: moment(10)),
        ])
        #expect(
            try await ledger.takings(since: moment(10))
                == RecentTakings(removals: 2, assignments: 1, groups: 1, begun: ["begun": .removeMember])
        )
        #expect(try await ledger.takings(since: moment(12)) == RecentTakings())
    }

    @Test("a run keeps who ran it, and counts its actions by how they stand") func whoRan() async throws {
        let ledger = try SQLiteLedger.inMemory()
        let record = RunRecord(command: "sync", startedAt: moment(0), owner: "platform", by: "root@\u{202E}host")
        let run = try await ledger.begin(record)
        let other = try await ledger.begin(RunRecord(command: "plan", startedAt: moment(1)))
        try await ledger.note([
            action("1", run: run), action("2", run: run, status: .failed), action("3", run: run),
        ])
        var expected = record
        expected.id = run
        #expect(try await ledger.run(run) == expected)
        #expect(try await ledger.run(other + 1) == nil)
        #expect(try await ledger.actionCounts(since: run) == [run: [.done: 2, .failed: 1]])
        #expect(try await ledger.actionCounts(since: other).isEmpty)
    }

    @Test("notices keep their place, their course and their content, and are found by run and by what they are about")
    func notices() async throws {
        let ledger = try SQLiteLedger.inMemory()
        let run = try await ledger.begin(RunRecord(command: "offboard", startedAt: moment(0)))
        func record(_ id: String, _ channel: String, _ subjects: [String], run: Int64? = nil) -> NoticeRecord {
            NoticeRecord(
                id: id,
                channel: channel,
                command: "offboard",
                run: run,
                at: moment(1),
                title: "1 person departed",
                subjects: subjects,
                content: [0, 0xFF, 1]
            )
        }
        var first = record("1", "slack", hostileNames, run: run)
        let second = record("1", "webhook", hostileNames, run: run)
        let third = record("2", "slack", ["équipe"])
        try await ledger.note([first, second, third])
        #expect(try await ledger.undeliveredNotices() == [first, second, third])
        first.state = .failed
        first.attempts = 1
        first.triedAt = moment(2)
        first.error = "HTTP 404"
        var delivered = third
        delivered.state = .delivered
        try await ledger.note([delivered, first])
        #expect(try await ledger.undeliveredNotices() == [first, second])
        #expect(try await ledger.notices(run: nil, about: nil, limit: 2) == [delivered, second])
        #expect(try await ledger.notices(run: run, about: nil, limit: 9) == [second, first])
        #expect(try await ledger.notices(run: nil, about: ["E\u{301}QUIPE"], limit: 9) == [delivered])
        #expect(try await ledger.notices(run: nil, about: ["ANA@example.com"], limit: 1) == [second])
        await #expect(throws: LedgerError.self) { try await ledger.note([record("3", "slack", [], run: run + 1)]) }
    }

    @Test("what a killed run began counts until a later run notes the same action again") func begun() async throws {
        let ledger = try SQLiteLedger.inMemory()
        let killed = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
        try await ledger.note([
            action("1", run: killed, status: .begun, at: moment(10)),
            action("2", run: killed, kind: .deleteGroup, status: .begun, at: moment(10)),
            action("3", run: killed, status: .begun, at: moment(10), isAllowed: true),
            action("4", run: killed, status: .begun, at: moment(10), countsForBrakes: false),
            action("5", run: killed, kind: .addMember, status: .begun, at: moment(10)),
        ])
        let begun = try await ledger.takings(since: moment(10))
        #expect(begun == RecentTakings(begun: ["1": .removeMember, "2": .deleteGroup]))
        #expect(begun.unsettled(.removeMember, planned: []) == 1)
        #expect(begun.unsettled(.removeMember, planned: ["1"]) == 0)
        let next = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(20)))
        try await ledger.note([action("1", run: next, status: .done, at: moment(20))])
        #expect(try await ledger.takings(since: moment(10)) == RecentTakings(removals: 1, begun: ["2": .deleteGroup]))
        #expect(try await ledger.takings(since: moment(21)) == RecentTakings())
    }

    @Test("a departure is recorded, replaced, settled, and taken back for the history alone") func departures()
        async throws
    {
        let ledger = try SQLiteLedger.inMemory()
        let origins: [Departure.Origin] = [.requested, .found(source: "google"), .marker(group: "g-9")]
        var people = origins.enumerated().map { departure("d\($0.offset)", origin: $0.element) }
        for person in people { try await ledger.record(person) }
        #expect(try await ledger.departures() == people)
        people[1].settledAt = moment(99)
        people[1].identifiers.userID = nil
        people[1].identifiers.digests = []
        people[1].reason = nil
        try await ledger.record(people[1])
        #expect(try await ledger.departures() == people)

        try await ledger.reinstate(departure: "d0", at: moment(50), reason: "came back")
        try await ledger.reinstate(departure: "d0", at: moment(60), reason: "again")
        try await ledger.reinstate(departure: "never there", at: moment(60), reason: "again")
        #expect(try await ledger.departures() == Array(people[1...]))
        try await ledger.record(departure("d0", since: moment(70)))
        #expect(try await ledger.departures() == Array(people[1...]) + [departure("d0", since: moment(70))])
        #expect(
            try await ledger.pastDepartures() == [
                PastDeparture(departure: people[0], reinstatedAt: moment(50), reason: "came back")
            ]
        )
    }

    @Test("people taken out count once each in a window") func counting() async throws {
        let ledger = try SQLiteLedger.inMemory()
        for (id, at) in [("a", 10), ("a", 10), ("a", 20), ("b", 20), ("c", 5)] as [(String, Int64)] {
            try await ledger.countDeparture(id, at: moment(at))
        }
        #expect(try await ledger.departuresCounted(since: moment(10)) == 2)
        #expect(try await ledger.departuresCounted(since: moment(0)) == 3)
        #expect(try await ledger.departuresCounted(since: moment(21)) == 0)
    }

    @Test("a request is kept until it is carried out, and the same id is taken once only") func requests() async throws
    {
        let ledger = try SQLiteLedger.inMemory()
        #expect(try await ledger.enqueue(request("late", at: moment(5))))
        #expect(try await ledger.enqueue(request("early", at: moment(1))))
        var again = request("early", at: moment(9))
        again.users = ["somebody else"]
        #expect(try await !ledger.enqueue(again))
        #expect(try await ledger.openRequests() == [request("early", at: moment(1)), request("late", at: moment(5))])
        try await ledger.close(request: "early", at: moment(6))
        try await ledger.close(request: "early", at: moment(7))
        try await ledger.close(request: "unknown", at: moment(7))
        #expect(try await ledger.openRequests().map(\.id) == ["late"])
        #expect(try await !ledger.enqueue(request("early")))
        #expect(try await ledger.openRequests().map(\.id) == ["late"])
    }

    @Test("sets of groups are replaced, and caches are stored and removed") func caches() async throws {
        let ledger = try SQLiteLedger.inMemory()
        #expect(try await ledger.ownedGroups().isEmpty)
        try await ledger.setOwnedGroups(["g1", "g2"])
        try await ledger.setOwnedGroups(["g2", "g3"])
        #expect(try await ledger.ownedGroups() == ["g2", "g3"])
        try await ledger.setProvisionedGroups(["p1": "eins", "p2": "zwei"])
        try await ledger.setProvisionedGroups(["p2": "two"])
        #expect(try await ledger.provisionedGroups() == ["p2": "two"])

        #expect(try await ledger.cached("k") == nil)
        try await ledger.cache([0, 255, 0], for: "k")
        try await ledger.cache([], for: "empty")
        #expect(try await ledger.cached("k") == [0, 255, 0])
        #expect(try await ledger.cached("empty") == [])
        try await ledger.cache([1], for: "k")
        #expect(try await ledger.cached("k") == [1])
        try await ledger.cache(nil, for: "k")
        #expect(try await ledger.cached("k") == nil)
    }

    @Test("names of any kind come back as they were given") func names() async throws {
        for name in hostileNames {
            let ledger = try SQLiteLedger.inMemory()
            let run = try await ledger.begin(RunRecord(command: name, startedAt: moment(0)))
            try await ledger.note([action(name, run: run, group: name, user: name)])
            var person = departure(name, origin: .found(source: name))
            person.identifiers.sourceIDs = [name, name]
            try await ledger.record(person)
            try await ledger.cache([1], for: name)
            func same(_ text: String?) -> Bool { text?.utf8.elementsEqual(name.utf8) == true }
            #expect(same(try await ledger.runs(limit: 1).first?.command))
            let found = try await ledger.actions(run: nil, about: name, limit: 1).first
            #expect(same(found?.group) && same(found?.user) && same(found?.actionID))
            let back = try await ledger.departures().first
            #expect(same(back?.id) && back == person && back?.identifiers.sourceIDs.allSatisfy(same) == true)
            #expect(try await ledger.cached(name) == [1])
        }
    }
}
