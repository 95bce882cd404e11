internal import Glibc
internal import Synchronization

/// The owner of the thread on which an event loop runs.
struct LoopThread: ~Copyable, Sendable {
    private let thread: pthread_t

    /// Starts the thread; nil where the system has no more.
    init?(_ loop: EventLoop) {
        var thread = pthread_t()
        var all = sigset_t()
        var before = sigset_t()
        // Signals belong to the main program: a new thread inherits the mask of the one that makes it.
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        LiveLoops.insert(loop)
        let carried = unsafe Unmanaged.passRetained(loop)
        let code = unsafe pthread_create(&thread, nil, { unsafe runLoop($0) }, carried.toOpaque())
        guard code == 0 else {
            LiveLoops.remove(loop)
            unsafe carried.release()
            return nil
        }
        self.thread = thread
    }

    /// Waits until the loop has returned.
    consuming func join() {
        // The last reference might go on the loop's own thread, which cannot wait for itself.
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }
}

private func runLoop(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    unsafe Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
