/// Does work for each item, at most `width` at a time, and gives the results in the order of the items.
///
/// The first failure ends it: what runs is cancelled, what has not begun is not begun.
func allInParallel<Item: Sendable, Value: Sendable, Failure: Error>(
    _ items: [Item],
    width: Int,
    _ work: @escaping @Sendable (Item) async throws(Failure) -> Value
) async throws(Failure) -> [Value] {
    let outcome = await withTaskGroup(of: (Int, Result<Value, Failure>).self) { group in
        var values: [Value?] = Array(repeating: nil, count: items.count)
        var failure: Failure?
        var begun = 0
        while begun < min(max(1, width), items.count) {
            begin(begun, items[begun], work, in: &group)
            begun += 1
        }
        while let (index, result) = await group.next() {
            switch result {
            case .success(let value):
                values[index] = value
                if failure == nil, begun < items.count {
                    begin(begun, items[begun], work, in: &group)
                    begun += 1
                }
            case .failure(let error):
                if failure == nil { failure = error }
                group.cancelAll()
            }
        }
        return failure.map { Result<[Value], Failure>.failure($0) } ?? .success(values.compactMap { $0 })
    }
    return try outcome.get()
}

private func begin<Item: Sendable, Value: Sendable, Failure: Error>(
    _ index: Int,
    _ item: Item,
    _ work: @escaping @Sendable (Item) async throws(Failure) -> Value,
    in group: inout TaskGroup<(Int, Result<Value, Failure>)>
) {
    group.addTask {
        let result: Result<Value, Failure>
        do throws(Failure) { result = .success(try await work(item)) } catch { result = .failure(error) }
        return (index, result)
    }
}
