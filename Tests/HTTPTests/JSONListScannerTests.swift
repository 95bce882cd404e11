import FoundationEssentials
import HTTP
import Testing

@Suite struct JSONListScannerTests {
    /// What a scanner makes of a text that comes in pieces.
    struct Cut: Equatable {
        var elements: [String] = []
        var rest = ""
        var fault: JSONListScanner.Fault?

        init(_ pieces: [ArraySlice<UInt8>]) {
            var scanner = JSONListScanner(list: "users")
            var elements: [String] = []
            do {
                for piece in pieces {
                    try scanner.take(Array(piece)) { elements.append(String(decoding: $0, as: UTF8.self)) }
                }
            } catch {
                fault = error as? JSONListScanner.Fault
            }
            self.elements = elements
            rest = String(decoding: scanner.rest, as: UTF8.self)
        }

        init(_ text: String) { self.init([Array(text.utf8)[...]]) }
    }

    static let answers: [(text: String, elements: [String], rest: String)] = [
        (#"{"users":[]}"#, [], #"{"users":[]}"#),
        (#"{}"#, [], #"{}"#),
        ("{ \"users\" :\r\n [ \t]\n }", [], "{ \"users\" :\r\n [] }".replacing("[] }", with: "[]\n }")),
        (
            #"{"kind":"k","users":[{"id":"1"},{"id":"2"}],"nextPageToken":"t"}"#,
            [#"{"id":"1"}"#, #"{"id":"2"}"#], #"{"kind":"k","users":[],"nextPageToken":"t"}"#
        ),
        (
            #"{"users":[ {"a":[1,[2]],"b":{"users":[3]}} , 7,"x", null ]}"#,
            [#"{"a":[1,[2]],"b":{"users":[3]}} "#, "7", #""x""#, "null "], #"{"users":[]}"#
        ),
        (
            #"{"users":[{"n":"]},{\"[\\"},{"é":"\\\"}"}],"x":"}"}"#,
            [#"{"n":"]},{\"[\\"}"#, #"{"é":"\\\"}"}"#], #"{"users":[],"x":"}"}"#
        ),
        // Lists of that name elsewhere, and the name as a value, are none of ours.
        (
            #"{"a":{"users":[1]},"b":["users",[2]],"c":"users","d":[3],"users":[4]}"#, ["4"],
            #"{"a":{"users":[1]},"b":["users",[2]],"c":"users","d":[3],"users":[]}"#
        ),
        (#"{"users":{"users":[1]}}"#, [], #"{"users":{"users":[1]}}"#),
        (#"{"users":null,"usersx":[1],"user":[2]}"#, [], #"{"users":null,"usersx":[1],"user":[2]}"#),
        (#"["users",[1]]"#, [], #"["users",[1]]"#),
        // A key with escapes stays in the rest, with its elements, where a decoder finds it.
        (#"{"us\u0065rs":[1]}"#, [], #"{"us\u0065rs":[1]}"#),
    ]

    @Test("the elements of the list come one by one, and the rest is what is left")
    func cutting() {
        for (text, elements, rest) in Self.answers {
            let cut = Cut(text)
            #expect(cut.elements == elements, "\(text)")
            #expect(cut.rest == rest, "\(text)")
            #expect(cut.fault == nil, "\(text)")
        }
    }

    @Test("it makes no difference where the answer is split: at every byte, and between all of them")
    func splitting() {
        for (text, _, _) in Self.answers {
            let bytes = Array(text.utf8)
            let whole = Cut(text)
            for place in 0...bytes.count {
                #expect(Cut([bytes[..<place], bytes[place...]]) == whole, "\(text) at \(place)")
            }
            #expect(Cut(bytes.indices.map { bytes[$0...$0] }) == whole, "\(text)")
        }
    }

    @Test("a list with a hole, and a list that is there twice, are faults")
    func faults() {
        for text in [#"{"users":[,1]}"#, #"{"users":[1,]}"#, #"{"users":[1,,2]}"#, #"{"users":[ , ]}"#] {
            #expect(Cut(text).fault == .emptyElement, "\(text)")
        }
        #expect(Cut(#"{"users":[1],"users":[2]}"#).fault == .listedTwice)
        #expect(Cut(#"{"users":[],"users":[]}"#).fault == .listedTwice)
    }

    /// Whether all that a scanner hands over and keeps is JSON.
    private func isJSON(_ cut: Cut) -> Bool {
        guard cut.fault == nil else { return false }
        return (cut.elements + [cut.rest]).allSatisfy {
            (try? JSONDecoder().decode(Anything.self, from: Data($0.utf8))) != nil
        }
    }

    /// Any value of JSON.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {
            if let keyed = try? decoder.container(keyedBy: Key.self) {
                for key in keyed.allKeys { _ = try keyed.decode(Anything.self, forKey: key) }
            } else if var list = try? decoder.unkeyedContainer() {
                while !list.isAtEnd { _ = try list.decode(Anything.self) }
            } else {
                let one = try decoder.singleValueContainer()
                guard one.decodeNil() || (try? one.decode(Bool.self)) != nil || (try? one.decode(Double.self)) != nil
                else {
                    _ = try one.decode(String.self)
                    return
                }
            }
        }

        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
    }

    @Test("an answer that is no JSON shows in an element, in the rest or as a fault, and one that is JSON in none")
    func equivalence() {
        for seed in UInt64(0)..<20 {
            var random = SeededGenerator(seed: seed)
            for _ in 0..<100 {
                var bytes = Array((Self.answers.randomElement(using: &random)?.text ?? "{}").utf8)
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    let spoilt = Array("{}[],:\"\\ 1ax".utf8).randomElement(using: &random) ?? 0
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: bytes[place] = spoilt
                    case 1: bytes.insert(spoilt, at: place)
                    default: if bytes.count > 1 { bytes.remove(at: place) }
                    }
                }
                let text = String(decoding: bytes, as: UTF8.self)
                let isWhole = (try? JSONDecoder().decode(Anything.self, from: Data(text.utf8))) != nil
                let cut = Cut(text)
                // The one difference: a decoder takes the last of two lists of the same name, and never tells.
                if cut.fault == .listedTwice { continue }
                #expect(isJSON(cut) == isWhole, "seed \(seed): \(text)")
            }
        }
    }
}
