import Diagnostics
import Mapping
import Model
import Testing

/// `MAPPING.md`, rules 28, 29 and 33.
@Suite("Rules of access")
struct AccessRuleTests {
    @Test("28: an entry is read into the model, with the place of each part")
    func model() throws {
        let result = parse(
            group(
                """
                access:
                  - permissionSets: [Admin, ReadOnly]
                    accounts: [{ id: "111122223333" }, { name: sandbox-* }, { ou: / }, { ou: /Work/Prod }]
                    except: [{ tag: { env: prod, cost: "7" } }, { all: true }]
                    from: 2026-12-01T00:00:00+09:00
                    until: 2027-01-01T00:00:00Z
                    note: Agreed in May
                """
            )
        )
        let entry = try #require(result.mapping.groups.first?.access.first)
        #expect(entry.permissionSets.map(\.value) == ["Admin", "ReadOnly"])
        #expect(entry.permissionSets.map(\.place.column) == [26, 33])
        #expect(
            entry.accounts.map(\.kind) == [
                .id("111122223333"), .name("sandbox-*"), .organizationalUnit([]),
                .organizationalUnit(["Work", "Prod"]),
            ]
        )
        #expect(entry.except.map(\.kind) == [.tags(["env": "prod", "cost": "7"]), .all])
        #expect(entry.from == Timestamp(rfc3339: "2026-11-30T15:00:00Z"))
        #expect(entry.until == Timestamp(rfc3339: "2027-01-01T00:00:00Z"))
        #expect(entry.note == "Agreed in May" && entry.place == Place(file: "a.yaml", line: 6, column: 9))
    }

    @Test("28: `permissionSets` and `accounts` are required, and all keys have their kinds")
    func keys() {
        parse(
            group(
                """
                access:
                  - ⟦{ accounts: [{ all: true }] }⟧
                  - ⟦permissionSets⟧: [A]
                  - ⟦x⟧
                  - { permissionSets: ⟦A⟧, accounts: ⟦{ all: true }⟧, except: ⟦x⟧, note: ⟦5⟧, ⟦reason⟧: x }
                  - { permissionSets: [⟦""⟧, ⟦~⟧, ⟦[]⟧], accounts: [{ all: true }], from: ⟦~⟧ }
                """
            )
        )
    }

    @Test("29: a selector has one key")
    func oneKey() {
        parse(
            selecting("⟦{}⟧, ⟦x⟧, { id: \"111122223333\", ⟦name⟧: x }, { ⟦region⟧: x }, { ⟦region⟧: x, ⟦ou⟧: / }, ⟦~⟧")
        )
    }

    @Test(
        "29: wrong values of each selector, at the value",
        arguments: [
            "id: ⟦111122223333⟧", "id: ⟦\"1\"⟧", "id: ⟦\"11112222333x\"⟧", "id: ⟦\"1111 22223333\"⟧",
            "id: ⟦\"１１１１２２２２３３３３\"⟧",
            "id: ⟦\"111122223333\\n\"⟧", "name: ⟦\"\"⟧", "name: ⟦[x]⟧", "ou: ⟦\"\"⟧", "ou: ⟦Workloads⟧",
            "ou: ⟦/Workloads/⟧",
            "ou: ⟦//⟧", "ou: ⟦/a//b⟧", "ou: ⟦5⟧", "tag: ⟦x⟧", "tag: ⟦[]⟧", "tag: ⟦{}⟧", "tag: { a: ⟦5⟧ }",
            "tag: { ⟦5⟧: a }",
            "tag: { a: ⟦[b]⟧ }", "set: ⟦nowhere⟧", "set: ⟦5⟧", "set: ⟦\"\"⟧", "all: ⟦false⟧", "all: ⟦yes⟧", "all: ⟦1⟧",
        ]
    )
    func wrongValues(selector: String) {
        parse(selecting("{ \(selector) }"))
    }

    @Test(
        "29: right values of each selector",
        arguments: [
            "id: \"000000000000\"", "name: x", "name: \"*\"", "name: \"a?b*c\"", "name: \"{account}\"", "ou: /",
            "ou: /a b/c",
            "ou: \"/{x}\"", "tag: { \"\": \"\" }", "tag: { a: b, c: d }", "all: true", "all: TRUE",
        ]
    )
    func rightValues(selector: String) {
        parse(selecting("{ \(selector) }"))
    }

    @Test("29: sets may use sets of any file; an unknown one is an error at the value, wherever it is used")
    func sets() {
        let result = parse([
            ("a.yaml", "version: 1\naccounts: { one: [{ set: two }, { set: ⟦six⟧ }] }\n"),
            ("b.yaml", "version: 1\naccounts: { two: [{ all: true }] }\n"),
            ("c.yaml", selecting("{ set: one }, { set: ⟦three⟧ }")),
            (
                "d.yaml",
                pattern(
                    "google: a-{b}@example.com\ngroup: g\nonly: { accounts: [{ set: ⟦four⟧ }] }\naccess: [{ permissionSets: [A], accounts: [{ set: two }], except: [{ set: ⟦five⟧ }] }]\n"
                )
            ),
        ])
        #expect(result.mapping.accountSets["one"]?.selectors.first?.kind == .set("two"))
    }

    @Test("29: a cycle is one error, at its first `set` value in reading order")
    func cycles() {
        parse("version: 1\naccounts: { a: [{ set: ⟦a⟧ }], b: [{ set: a }] }\n")
        parse([
            ("a.yaml", "version: 1\naccounts: { c: [{ all: true }, { set: ⟦a⟧ }], x: [{ set: c }] }\n"),
            (
                "b.yaml",
                "version: 1\naccounts: { b: [{ set: c }], a: [{ set: b }, { set: a2 }], a2: [{ all: true }] }\n"
            ),
        ])
        parse("version: 1\naccounts: { a: [{ set: ⟦b⟧ }, { set: ⟦c⟧ }], b: [{ set: a }], c: [{ set: a }] }\n")
    }

    @Test("29: a chain of sets is no cycle, however long, and costs no stack")
    func chain() {
        let sets = (0..<20_000).map { "  s\($0): [{ set: s\($0 + 1) }]\n" }.joined()
        parse("version: 1\naccounts:\n\(sets)  s20000: [{ all: true }]\n")
        parse(
            "version: 1\naccounts:\n\(sets.replacing("s0: [{ set: s1 }]", with: "s0: [{ set: ⟦s1⟧ }]"))  s20000: [{ set: s0 }]\n"
        )
    }

    @Test(
        "33: a time has date, seconds, and offset or `Z`",
        arguments: [
            "2026-12-01T00:00:00Z", "2026-12-01T00:00:00+09:00", "2026-12-01T23:59:60Z", "2026-12-01T00:00:00.5-05:30",
            "\"2028-02-29T00:00:00Z\"",
        ]
    )
    func times(time: String) {
        parse(group("access: [{ permissionSets: [A], accounts: [{ all: true }], from: \(time) }]\n"))
    }

    @Test(
        "33: and anything else is no time",
        arguments: [
            "2026-12-01", "2026-12-01T00:00:00", "2026-12-01T00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-12-01T24:00:00Z", "2026-12-01 00:00:00Z", "soon", "2026", "~", "[]", "2026-12-01T00:00:00+0900",
            "\"2026-12-01T00:00:00Z\\n\"",
        ]
    )
    func noTimes(time: String) {
        parse(group("access: [{ permissionSets: [A], accounts: [{ all: true }], until: ⟦\(time)⟧ }]\n"))
    }

    @Test("33: `until` must be after `from`, reckoned with offsets; the place is the value of `until`")
    func order() {
        let entry = "permissionSets: [A], accounts: [{ all: true }]"
        parse(group("access:\n  - { \(entry), until: ⟦2026-12-01T00:00:00Z⟧, from: 2026-12-01T00:00:00Z }\n"))
        parse(group("access:\n  - { \(entry), from: 2026-12-01T00:00:00Z, until: ⟦2026-12-01T08:00:00+09:00⟧ }\n"))
        parse(group("access:\n  - { \(entry), from: 2026-12-01T00:00:00Z, until: 2026-12-01T09:00:01+09:00 }\n"))
    }
}
