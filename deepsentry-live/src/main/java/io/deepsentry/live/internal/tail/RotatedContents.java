package io.deepsentry.live.internal.tail;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.deepsentry.live.internal.tail.LogFolder.ChangedMeanwhile;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the compressed files beside a log hold. Each is read to its end at most once as long as it does not change, and
 * only if its beginning is that of what is looked for. For one thread.
 */
final class RotatedContents {
    /** How many files are remembered. */
    private static final int MOST = 10_000;

    private final ReadFailures failures;
    private final Cache<RotatedFile, Known> known =
            CacheBuilder.newBuilder().maximumSize(MOST).concurrencyLevel(1).build();

    RotatedContents(ReadFailures failures) {
        this.failures = failures;
    }

    private static final class Known {
        private @Nullable FileContent beginning;
        private @Nullable FileContent whole;
        private @Nullable FileContent part;
    }

    /** Whether what was compressed into a file is a content, neither more nor less. */
    boolean isCompressionOf(RotatedFile packed, FileContent content, LogFolder folder) throws IOException {
        FileContent whole = content.length() == 0 ? null : ofOneLike(List.of(content), packed, folder);
        return whole != null && whole.isLike(content);
    }

    /** What was compressed into a file, if it begins like any of some contents; otherwise null. */
    @Nullable
    FileContent ofOneLike(List<FileContent> some, RotatedFile packed, LogFolder folder) throws IOException {
        try {
            for (FileContent content : some) {
                if (beginsLike(packed, content, folder)) {
                    return whole(packed, folder);
                }
            }
        } catch (ChangedMeanwhile e) {
            throw e;
        } catch (IOException e) {
            failures.passOver(packed.file(), e);
        }
        return null;
    }

    /** Whether what was compressed into a file is a content, or begins with it. */
    boolean beginsWith(RotatedFile packed, FileContent content, LogFolder folder) throws IOException {
        return beginsLike(packed, content, folder)
                && upTo(packed, content.length(), folder).isLike(content);
    }

    /** Whether what was compressed into a file may be a content, by its beginning. */
    boolean beginsLike(RotatedFile packed, FileContent content, LogFolder folder) throws IOException {
        Known file = of(packed);
        FileContent beginning = file.beginning == null ? file.whole : file.beginning;
        if (beginning == null) {
            beginning = read(packed, ContentFingerprint.LENGTH, folder);
            file.beginning = beginning;
        }
        return beginning.trace().beginsLike(content.trace());
    }

    private FileContent whole(RotatedFile packed, LogFolder folder) throws IOException {
        Known file = of(packed);
        FileContent whole = file.whole;
        if (whole == null) {
            whole = read(packed, Long.MAX_VALUE, folder);
            file.whole = whole;
        }
        return whole;
    }

    /** The content of a compressed file up to a position; less if it ends before. */
    FileContent upTo(RotatedFile packed, long position, LogFolder folder) throws IOException {
        Known file = of(packed);
        FileContent whole = file.whole;
        if (whole != null && whole.length() <= position) {
            return whole;
        }
        FileContent known = file.part;
        if (known != null && known.length() == position) {
            return known;
        }
        FileContent part = read(packed, position, folder);
        file.part = part;
        if (part.length() < position) {
            file.whole = part;
        }
        return part;
    }

    private Known of(RotatedFile packed) {
        RotatedFile version = packed.version();
        Known file = known.getIfPresent(version);
        if (file == null) {
            file = new Known();
            known.put(version, file);
        }
        return file;
    }

    private static FileContent read(RotatedFile packed, long upTo, LogFolder folder) throws IOException {
        try (LogPart part = folder.open(packed)) {
            return FileContent.of(part, upTo);
        }
    }
}
