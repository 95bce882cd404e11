import Diagnostics
import Mapping
import Model
import Testing

/// `MAPPING.md`, rules 11 to 17 and 24.
@Suite("Rules of groups")
struct GroupRuleTests {
    @Test("11: a name has 1 to 1,024 characters, none of control, and is not one of AWS's")
    func names() {
        let longest = String(repeating: "é", count: 1_024)
        parse("version: 1\ngroups:\n  ? \(longest)\n  : { retired: true }\n  ? ⟦\(longest)x⟧\n  : { retired: true }\n")
        parse(
            """
            version: 1
            groups:
              ⟦""⟧: { retired: true }
              ⟦"a\\nb"⟧: { retired: true }
              ⟦"a\\u0085b"⟧: { retired: true }
              ⟦"a\\x7f"⟧: { retired: true }
              ⟦Administrator⟧: { retired: true }
              ⟦awsadministrators⟧: { retired: true }
              Administrators: { retired: true }
              " ": { retired: true }

            """
        )
    }

    @Test("11: two that differ only in case are one defined twice, whatever else they say")
    func twice() {
        let result = parse(
            "version: 1\ngroups:\n  a: { retired: true }\n  ⟦A⟧: { ⟦x⟧: 1, retired: true }\n  ⟦a⟧: { retired: true }\n"
        )
        #expect(result.mapping.groups.map(\.name) == ["a"])
    }

    @Test("12: every key of a group is read into the model")
    func model() throws {
        let result = parse(
            """
            version: 1
            groups:
              core:
                description: "  Runs it \\n"
                members: [{ google: core@example.com }, { entra: Core }, { user: ana@example.com }]
                require: [{ google: mfa@example.com }]
                except: [{ user: bo@example.com }]
                nested: direct
                allowEmpty: true
                adopt: true
                formerly: team
                membership: managed
                access: []
                retired: false
              gone: { retired: true }
              plain: { members: [{ user: ana@example.com }] }

            """
        )
        let core = try #require(result.mapping.groups.first)
        #expect(core.name == "core" && core.place == Place(file: "a.yaml", line: 3, column: 3))
        #expect(core.description == Placed("Runs it", at: Place(file: "a.yaml", line: 4, column: 18)))
        #expect(core.members.map(\.via) == ["google:core@example.com", "entra:Core", "user:ana@example.com"])
        #expect(core.members.map(\.place.column) == [15, 45, 62])
        #expect(core.require.map(\.via) == ["google:mfa@example.com"])
        #expect(core.except.map(\.via) == ["user:bo@example.com"])
        #expect(core.nested == .direct && core.allowEmpty && core.adopt && !core.retired)
        #expect(core.formerly == Placed("team", at: Place(file: "a.yaml", line: 11, column: 15)))
        #expect(core.membership == .managed && core.access.isEmpty)
        #expect(result.mapping.groups.map(\.retired) == [false, true, false])
        let plain = result.mapping.groups[2]
        #expect(plain.description == nil && plain.nested == .flatten && !plain.allowEmpty && !plain.adopt)
    }

    @Test("12: `members` is required but for provisioned and retired groups")
    func members() {
        parse(
            """
            version: 1
            groups:
              ⟦a⟧: { access: [] }
              ⟦b⟧: { retired: false }
              c: { membership: provisioned }
              d: { retired: true }
              e: { membership: ⟦scim⟧ }
              f: { retired: ⟦no⟧ }
              g: ⟦~⟧
              ⟦h⟧: {}

            """
        )
    }

    @Test("12: beside `membership: provisioned` only `access` and `adopt` may stand, in any order")
    func provisioned() {
        parse(
            """
            version: 1
            groups:
              a: { ⟦members⟧: [], membership: provisioned, adopt: true, access: [], ⟦retired⟧: false, ⟦nested⟧: x }
              b: { ⟦description⟧: x, ⟦require⟧: [], ⟦except⟧: [], membership: provisioned, ⟦allowEmpty⟧: 1, ⟦formerly⟧: x }

            """
        )
    }

    @Test("12: beside `retired: true` nothing may stand, and unknown keys are that and nothing else")
    func retired() {
        parse("version: 1\ngroups:\n  a: { ⟦adopt⟧: true, retired: true, ⟦membership⟧: provisioned, ⟦colour⟧: red }\n")
    }

    @Test("12: wrong values of each key, at the value")
    func values() {
        parse(
            group(
                """
                description: ⟦5⟧
                require: ⟦x⟧
                except: [⟦x⟧]
                nested: ⟦deep⟧
                allowEmpty: ⟦yes⟧
                adopt: ⟦~⟧
                formerly: ⟦""⟧
                membership: ⟦1⟧
                access: ⟦none⟧
                retired: ⟦0⟧
                """
            )
        )
    }

    @Test("15: `formerly` onto a group of the mapping, without regard to case, is an error at the value")
    func formerlyDefined() {
        parse([
            ("a.yaml", "version: 1\ngroups: { a: { members: [{ user: a@example.com }], formerly: ⟦B⟧ } }\n"),
            ("b.yaml", "version: 1\ngroups: { b: { retired: true } }\n"),
        ])
    }

    @Test("15: two groups with one OLD, without regard to case: the second's value")
    func formerlyTwice() {
        parse(
            """
            version: 1
            groups:
              a: { members: [{ user: a@example.com }], formerly: old }
              b: { members: [{ user: a@example.com }], formerly: ⟦OLD⟧ }
              c: { members: [{ user: a@example.com }], formerly: ⟦Old⟧ }

            """
        )
    }

    @Test("15: a cycle is one error, at its first `formerly` in reading order, across files too")
    func formerlyCycles() {
        let people = "members: [{ user: a@example.com }]"
        parse([
            ("a.yaml", "version: 1\ngroups:\n  x: { \(people), ⟦formerly⟧: y }\n  p: { \(people), formerly: ⟦x⟧ }\n"),
            ("b.yaml", "version: 1\ngroups:\n  z: { formerly: X, \(people) }\n  y: { \(people), formerly: Z }\n"),
        ])
        parse(
            "version: 1\ngroups:\n  a: { \(people), ⟦formerly⟧: b }\n  b: { \(people), formerly: a }\n  c: { \(people), ⟦formerly⟧: d }\n  d: { \(people), formerly: c }\n"
        )
    }

    @Test("15: a `formerly` that equals the key, or differs in case only, is legal and has no effect")
    func formerlyItself() {
        let result = parse(
            "version: 1\ngroups:\n  a: { members: [{ user: a@example.com }], formerly: A }\n  b: { members: [{ user: a@example.com }], formerly: a2 }\n"
        )
        #expect(result.mapping.groups.map(\.formerly?.value) == [nil, "a2"])
    }

    @Test("17: an entry of the three lists has one key: a source or `user`")
    func entries() {
        parse(
            """
            version: 1
            groups:
              a:
                members:
                  - ⟦{}⟧
                  - ⟦ana@example.com⟧
                  - { user: ana@example.com, ⟦google⟧: x@example.com, entra: x }
                  - { user: ana@example.com, ⟦okta⟧: x }
                  - { ⟦okta⟧: x, ⟦user⟧: ana@example.com }
                  - { user: ⟦[]⟧ }
                require: [{ google: ⟦{}⟧ }]
                except: [{ entra: ⟦5⟧ }, ⟦[]⟧]

            """
        )
    }

    @Test("24: `nested` is `flatten` or `direct`")
    func nested() {
        let result = parse("version: 1\ngroups: { a: { members: [{ user: a@example.com }], nested: flatten } }\n")
        #expect(result.mapping.groups.first?.nested == .flatten)
        parse(group("nested: ⟦Direct⟧\n"))
    }
}
