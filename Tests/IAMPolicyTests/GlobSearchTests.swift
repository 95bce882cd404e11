import Testing

@testable import IAMPolicy

@Suite("GlobSearch")
struct GlobSearchTests {
    private func glob(_ text: String) -> Glob { Glob(resource: text) }

    /// A generator of known numbers (SplitMix64).
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    /// All texts of up to five scalars of this alphabet; patterns use all but the last.
    private static let texts: [[Unicode.Scalar]] = {
        let alphabet: [Unicode.Scalar] = ["a", ":", "x"]
        var all: [[Unicode.Scalar]] = [[]]
        var last = all
        for _ in 0..<5 {
            last = last.flatMap { text in alphabet.map { text + [$0] } }
            all += last
        }
        return all
    }()

    private func randomGlob(_ random: inout Seeded) -> Glob {
        let tokens: [Glob.Token] = [
            .scalar("a"), .scalar(":"), .one(crossesColons: true), .one(crossesColons: false),
            .many(crossesColons: true), .many(crossesColons: false),
        ]
        return Glob(
            tokens: (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in tokens.randomElement(using: &random) }
        )
    }

    @Test("agrees with trying all short texts")
    func bruteForce() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(state: seed)
        var counts = [true: 0, false: 0]
        for round in 0..<400 {
            var wish = GlobSearch.Wish()
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                wish.all.append((0..<Int.random(in: 1...2, using: &random)).map { _ in randomGlob(&random) })
            }
            wish.none = (0..<Int.random(in: 0...4, using: &random)).map { _ in randomGlob(&random) }
            let isFound = Self.texts.contains { text in
                wish.all.allSatisfy { group in group.contains { $0.matches(text) } }
                    && !wish.none.contains { $0.matches(text) }
            }
            #expect(try GlobSearch.exists(wish) == isFound, "seed \(seed), round \(round): \(wish)")
            counts[isFound, default: 0] += 1
        }
        #expect(counts.values.allSatisfy { $0 > 20 }, "seed \(seed)")
    }

    @Test("matching agrees with the definition by splitting")
    func matching() {
        func fits(_ tokens: ArraySlice<Glob.Token>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
            guard let token = tokens.first else { return text.isEmpty }
            let rest = tokens.dropFirst()
            switch token {
            case .scalar(let scalar): return text.first == scalar && fits(rest, text.dropFirst())
            case .one(let crosses):
                return !text.isEmpty && (crosses || text.first != ":") && fits(rest, text.dropFirst())
            case .many(let crosses):
                return (0...text.count).contains { count in
                    (crosses || !text.prefix(count).contains(":")) && fits(rest, text.dropFirst(count))
                }
            }
        }
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(state: seed)
        for _ in 0..<60 {
            let glob = randomGlob(&random)
            for text in Self.texts {
                #expect(glob.matches(text) == fits(glob.tokens[...], text[...]), "seed \(seed): \(glob) \(text)")
            }
        }
    }

    @Test("many entangled patterns are decided, since what is worse than another state is left out")
    func entangled() throws {
        let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
        let some = letters.prefix(16).flatMap { left in letters.prefix(16).map { glob("*\(left)*\($0)*") } }
        #expect(try GlobSearch.exists(.init(all: [[glob("xyz:*")]], none: some)))
        #expect(try !GlobSearch.exists(.init(all: [[glob("*a*b*")]], none: some)))
        #expect(try GlobSearch.exists(.init(all: [[glob("?")]], none: letters.map(glob))))
        #expect(try !GlobSearch.exists(.init(all: [letters.map(glob)], none: [glob("?")])))
    }

    @Test("what cannot be decided in time is given up, and judged unknown")
    func tooComplex() throws {
        // Whether the fourteenth scalar from the end is an a: 2^14 states, none of them better than another.
        let pattern = "*a" + String(repeating: "?", count: 13)
        #expect(throws: GlobSearch.TooComplex.self) {
            try GlobSearch.exists(.init(all: [[glob(pattern)]], none: [glob(pattern)]))
        }
        func set(_ more: String = "") -> PermissionSetPolicies {
            let resource = "arn:aws:iam::1:user/\(pattern)"
            let statements = ["Allow", "Deny"].map {
                #"{"Effect":"\#($0)","Action":"iam:*","Resource":"\#(resource)"}"#
            }
            let text =
                #"{"Version":"2012-10-17","Statement":[\#((statements + [more]).filter { !$0.isEmpty }.joined(separator: ","))]}"#
            return PermissionSetPolicies(policies: [AttachedPolicy(name: "inline", text: text)])
        }
        let guardrail = Guardrail(name: "g", actions: ["iam:CreateUser"])
        let undecided = judge(set(), by: guardrail)
        #expect(undecided.verdict == .unknown && undecided.reason?.contains("too many") == true)
        #expect(judge(set(#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#), by: guardrail).verdict == .allowed)
    }

    @Test("many Denies that each split actions and resources are escaped")
    func knots() {
        let knots = (0..<60).map { index in
            #"{"Effect":"Deny","Action":"iam:*\#(index)*\#(index + 1)*","Resource":"arn:aws:iam::*:user/*\#(index)*x*"}"#
        }
        let allow = #"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#
        let text = #"{"Version":"2012-10-17","Statement":[\#(([allow] + knots).joined(separator: ","))]}"#
        let set = PermissionSetPolicies(policies: [AttachedPolicy(name: "inline", text: text)])
        #expect(judge(set, by: Guardrail(name: "g", actions: ["iam:Create*"])).verdict == .allowed)
    }

    @Test("a wildcard in an ARN's first five parts does not reach over a colon, one behind them does")
    func parts() {
        func fits(_ pattern: String, _ text: String) -> Bool { glob(pattern).matches(text.unicodeScalars) }
        #expect(fits("arn:aws:lambda:*:*:function:*", "arn:aws:lambda:r:1:function:f:PROD"))
        #expect(!fits("arn:aws:lambda:*:*:function:*", "arn:aws:lambda:r:1:layer:function:f"))
        #expect(fits("arn:aws:iam::*", "arn:aws:iam::1:user/a:b"))
        #expect(fits("*:user/*", "arn:aws:iam::1:user/a"))
        #expect(!fits("arn:aws:iam::?:user/a", "arn:aws:iam:::::user/a"))
        #expect(fits("arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b/c"))
    }
}
