import Model
import TestSupport
import Testing

@testable import Notices

@Suite struct NoticeJournalTests {
    /// Takes a run's news and returns what is to be sent, as if it was delivered at once; the journal goes through its
    /// stored form each time, as it does between runs.
    private func told(_ journal: inout NoticeJournal, _ news: RunNews, at now: Timestamp) -> [String] {
        journal = NoticeJournal(stored: journal.stored)
        journal.take(news, at: now)
        return journal.outbox.map { notice in
            let subjects = notice.entries.map(\.subject).joined(separator: ",")
            return "\(notice.kind.rawValue) \(notice.phase.rawValue) \(subjects)"
        }
    }

    @Test("a hold is told when it begins, changes, after a day, and when it ends; in between nothing is said")
    func course() {
        var journal = NoticeJournal()
        #expect(told(&journal, news(), at: moment(0)) == [])
        #expect(told(&journal, news([hold("a")]), at: moment(10)) == ["hold began a"])
        #expect(told(&journal, news([hold("a")]), at: moment(3600)) == [])
        #expect(told(&journal, news([hold("a")]), at: moment(day - 3600)) == [])
        #expect(told(&journal, news([hold("a")]), at: moment(day + 10)) == ["hold lasting a"])
        #expect(told(&journal, news([hold("a")]), at: moment(day + 7200)) == [])
        #expect(told(&journal, news([hold("a", "entra: gone")]), at: moment(day + 9000)) == ["hold changed a"])
        #expect(told(&journal, news([hold("a", "entra: gone")]), at: moment(2 * day + 10)) == [])
        #expect(told(&journal, news([hold("a", "entra: gone")]), at: moment(2 * day + 9000)) == ["hold lasting a"])
        #expect(told(&journal, news(), at: moment(2 * day + 9100)) == ["hold ended a"])
        #expect(told(&journal, news(), at: moment(9 * day)) == [])
        #expect(told(&journal, news([hold("a")]), at: moment(9 * day + 1)) == ["hold began a"])
    }

    @Test("a daily job that starts some seconds early still reminds every day") func dailyJob() {
        var journal = NoticeJournal()
        _ = told(&journal, news([hold("a")]), at: moment(0))
        for (number, jitter) in [-5, 40, -30, 0, -300].enumerated() as EnumeratedSequence<[Int64]> {
            let at = moment(Int64(number + 1) * day + jitter)
            #expect(told(&journal, news([hold("a")]), at: at) == ["hold lasting a"])
        }
    }

    @Test("a clock that was set back does not make it silent") func clockSetBack() {
        var journal = NoticeJournal()
        _ = told(&journal, news([hold("a")]), at: moment(400 * day))
        #expect(told(&journal, news([hold("a")]), at: moment(0)) == ["hold lasting a"])
        #expect(told(&journal, news([hold("a")]), at: moment(day)).isEmpty == false)
    }

    @Test("another line, another request id and another order are no change") func noChange() {
        var journal = NoticeJournal()
        func held(_ line: Int, _ id: String) -> Condition {
            .hold(Hold(group: "A", code: "source-unreadable", reason: "429 [request id \(id)]; later", line: line))
        }
        _ = told(&journal, news([held(1, "x"), hold("b")]), at: moment(0))
        #expect(told(&journal, news([hold("B"), held(9, "y")]), at: moment(60)) == [])
    }

    @Test("a failure is the same while service, operation, object and code are") func failures() {
        var journal = NoticeJournal()
        func failure(_ code: String, _ id: String) -> Condition {
            .failure(
                of: "google",
                UpstreamError(
                    .refused,
                    service: "google",
                    operation: "users.list",
                    code: code,
                    message: "no \(id)",
                    requestID: id
                )
            )
        }
        #expect(told(&journal, news([failure("forbidden", "1")]), at: moment(0)) == ["failure began google"])
        #expect(told(&journal, news([failure("forbidden", "2")]), at: moment(1)) == [])
        #expect(told(&journal, news([failure("notAuthorized", "2")]), at: moment(2)) == ["failure changed google"])
        #expect(told(&journal, news(), at: moment(3)) == ["failure ended google"])
    }

    @Test("a tripped brake is told anew when value, people or the command that lifts it differ") func brakes() {
        var journal = NoticeJournal()
        func brake(_ value: Int, _ fingerprint: String = "sha256:1") -> Condition {
            .brake(
                BrakeReading(brake: "removals", limit: 10, value: value, isTripped: true, concerned: ["ana", "bob"]),
                lift: "idbridge apply --allow-removals \(fingerprint)"
            )
        }
        #expect(
            brake(11).text
                == "the value is 11, the limit 10: ana, bob; when this is meant: idbridge apply --allow-removals sha256:1"
        )
        #expect(told(&journal, news([brake(11)]), at: moment(0)) == ["brake began removals"])
        #expect(told(&journal, news([brake(11)]), at: moment(1)) == [])
        #expect(told(&journal, news([brake(12)]), at: moment(2)) == ["brake changed removals"])
        #expect(told(&journal, news([brake(12, "sha256:2")]), at: moment(3)) == ["brake changed removals"])
        #expect(told(&journal, news(), at: moment(4)) == ["brake ended removals"])
    }

    @Test("a run that did not come far enough to judge ends nothing") func notJudged() {
        var journal = NoticeJournal()
        let down = Condition(.failure, subject: "sync", code: "69", text: "the target does not answer")
        _ = told(&journal, news([hold("a")]), at: moment(0))
        #expect(told(&journal, news([down], judged: [.failure]), at: moment(1)) == ["failure began sync"])
        #expect(told(&journal, news([hold("a")]), at: moment(2)) == ["failure ended sync"])
        #expect(told(&journal, news([], judged: []), at: moment(3)) == [])
        #expect(told(&journal, news(), at: moment(4)) == ["hold ended a"])
    }

    @Test("with --only, the other groups' holds are not taken for ended") func only() {
        var journal = NoticeJournal()
        let failed = Condition.failedAction(
            ActionRecord(run: 1, actionID: "x", kind: "addMember", group: "B", status: .failed, at: moment(0))
        )
        _ = told(&journal, news([hold("A"), hold("B"), failed]), at: moment(0))
        #expect(told(&journal, news(only: ["a"]), at: moment(1)) == ["hold ended A"])
        #expect(told(&journal, news(only: ["b"]), at: moment(2)) == ["failure ended addMember B", "hold ended B"])
    }

    @Test("many at once are one notice, sorted; two reasons of one group count one group") func together() {
        var journal = NoticeJournal()
        journal.take(
            news([hold("c"), hold("a"), hold("b"), hold("a", "x", code: "not-owned")]),
            at: moment(0)
        )
        #expect(journal.outbox.map(\.title) == ["3 groups are held"])
        #expect(journal.outbox[0].entries.map(\.subject) == ["a", "a", "b", "c"])
        #expect(
            journal.outbox[0].entries.map(\.code) == [
                "not-owned", "source-vanished", "source-vanished", "source-vanished",
            ]
        )
    }

    @Test("two holds of one group, code and source are one that says both") func sameKey() {
        var journal = NoticeJournal()
        let two = [
            hold("a", "no set X", code: "unknown-permission-set"),
            hold("a", "no set B", code: "unknown-permission-set"),
        ]
        journal.take(news(two), at: moment(0))
        #expect(journal.outbox[0].entries.map(\.text) == ["no set B; no set X"])
        journal.take(news(two.reversed()), at: moment(1))
        #expect(journal.outbox.isEmpty)
        journal.take(news([two[0]]), at: moment(2))
        #expect(journal.outbox.map(\.phase) == [.changed])
    }

    @Test("every departure is told, none cut off, and so is one taken back") func departures() {
        var journal = NoticeJournal()
        var people = (0..<120).map {
            DepartureNews(user: "u\($0)", since: moment(0), origin: .found(source: "google"), withdrawn: 3)
        }
        people[0].reason = "HR 7"
        people[0].standing = 2
        people[1].accesses = ["group admins", "ReadOnly on 111111111111"]
        people.append(DepartureNews(user: "back", since: moment(0), origin: .requested, isReinstated: true))
        journal.take(news(command: "departures", departures: people), at: moment(9))
        #expect(journal.outbox.map(\.entries.count) == [50, 50, 20, 1])
        #expect(Set(journal.outbox.prefix(3).flatMap { $0.entries.map(\.subject) }) == Set((0..<120).map { "u\($0)" }))
        #expect(journal.outbox[0].title == "50 people departed: access withdrawn and kept away")
        #expect(
            journal.outbox[0].entries[0].text
                == "found at google (HR 7); 3 withdrawn, 2 still standing: see `idbridge offboard`"
        )
        #expect(
            journal.outbox[0].entries[1].text
                == "found at google; 3 withdrawn (group admins, ReadOnly on 111111111111)"
        )
        #expect(journal.outbox[3].title == "the departure of 1 person was taken back")
        #expect(journal.outbox[3].phase == .ended)
    }

    @Test("changes are told by count, with those who gain a listed set named; no change is told to nobody")
    func changes() {
        let gained = [
            EffectiveAccess(user: "bob", account: "222222222222", permissionSet: "Admin"),
            EffectiveAccess(user: "ana", account: "111111111111", permissionSet: "Admin"),
            EffectiveAccess(user: "ana", account: "111111111111", permissionSet: "ViewOnly"),
        ]
        let done: [ActionKind] = [.addMember, .createAssignment, .addMember, .removeMember]
        var journal = NoticeJournal()
        journal.take(news(changes: ChangeNews(done: done, gained: gained, listed: ["Admin"])), at: moment(0))
        #expect(
            journal.outbox.map(\.title) == [
                "`sync` made 4 changes: 2 memberships added, 1 assignment created, 1 membership withdrawn"
            ]
        )
        #expect(journal.outbox[0].counts == ["addMember": 2, "createAssignment": 1, "removeMember": 1])
        #expect(
            journal.outbox[0].entries.map(\.line) == [
                "ana [gained]: gains Admin in 111111111111", "bob [gained]: gains Admin in 222222222222",
            ]
        )
        journal.take(news(changes: ChangeNews(done: [], gained: [], listed: [])), at: moment(1))
        #expect(journal.outbox.isEmpty)
    }

    @Test("a stored journal that cannot be read tells again, and nothing worse") func unreadable() {
        for bytes in [nil, [], [0xFF], [UInt8]("{}".utf8), [UInt8](#"{"format":"idbridge.notices/9"}"#.utf8)]
            as [[UInt8]?]
        {
            #expect(NoticeJournal(stored: bytes) == NoticeJournal())
        }
        var journal = NoticeJournal()
        journal.take(news([hold("a")], departures: [], changes: ChangeNews(counts: [.addMember: 1])), at: moment(0))
        let read = NoticeJournal(stored: journal.stored)
        #expect(read.lasting == journal.lasting && read.stored == journal.stored && read.outbox.isEmpty)
    }

    @Test("whatever happens in whatever order, replaying the notices gives what is wrong, and nobody is nagged")
    func replay() {
        let base = UInt64.random(in: 0..<1_000_000)
        print("NoticeJournalTests: seeds from \(base)")
        for seed in base..<(base + 60) { replay(seed) }
    }

    private func replay(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (journal, now) = (NoticeJournal(), moment(0))
        var (known, toldAt): ([String: String], [String: Timestamp]) = ([:], [:])
        for step in 0..<80 {
            now = now.adding(seconds: Int64.random(in: 1...30000, using: &random))
            let present = ["a", "b", "c", "d"].filter { _ in Bool.random(using: &random) }.map { group in
                hold(group, ["one", "two"].randomElement(using: &random) ?? "one")
            }
            journal = NoticeJournal(stored: journal.stored)
            journal.take(news(present), at: now)
            for notice in journal.outbox {
                for entry in notice.entries {
                    let place = "seed \(seed), step \(step), \(notice.phase) \(entry.subject)"
                    switch notice.phase {
                    case .began: #expect(known[entry.subject] == nil, "\(place)")
                    case .changed:
                        #expect(known[entry.subject] != entry.text && known[entry.subject] != nil, "\(place)")
                    case .lasting:
                        #expect(known[entry.subject] == entry.text, "\(place)")
                        let last = toldAt[entry.subject] ?? now
                        #expect(now.seconds - last.seconds >= NoticeJournal.reminderSeconds, "\(place)")
                    case .ended: #expect(known[entry.subject] != nil, "\(place)")
                    case .happened: Issue.record("\(place)")
                    }
                    known[entry.subject] = notice.phase == .ended ? nil : entry.text
                    toldAt[entry.subject] = now
                }
            }
            let wrong = Dictionary(uniqueKeysWithValues: present.map { ($0.subject, $0.text) })
            #expect(known == wrong, "seed \(seed), step \(step)")
            for subject in wrong.keys {
                let silence = now.seconds - (toldAt[subject]?.seconds ?? 0)
                #expect(silence < NoticeJournal.reminderSeconds, "seed \(seed), step \(step), \(subject)")
            }
        }
    }
}
