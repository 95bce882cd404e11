import Testing

@testable import Engine

@Suite("how names are looked up")
struct NameReadingTests {
    @Test("one by one for a handful, by the list for many, and one by one where the size of the store is not known")
    func cheapest() {
        let cases: [(names: Int, users: Int?, reading: NameReading)] = [
            (1, nil, .oneByOne), (10_000, nil, .oneByOne), (1, 100, .wholeList), (1, 101, .oneByOne),
            (1, 100_000, .oneByOne), (500, 100_000, .oneByOne), (501, 100_000, .wholeList), (2, 0, .wholeList),
            (3, 600, .oneByOne), (3, 500, .wholeList),
        ]
        for (names, users, reading) in cases {
            #expect(NameReading.cheapest(names: names, users: users) == reading, "\(names) of \(users ?? -1)")
        }
    }

    @Test("the choice never costs more calls than the other")
    func never() {
        for names in 1...60 {
            for users in stride(from: 0, through: 9_000, by: 50) {
                let (oneByOne, list) = (2 * names, max(1, (users + 99) / 100))
                switch NameReading.cheapest(names: names, users: users) {
                case .oneByOne: #expect(oneByOne <= list)
                case .wholeList: #expect(list <= oneByOne)
                }
            }
        }
    }
}
