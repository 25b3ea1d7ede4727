package io.deepsentry.cli.output;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A file that diagnostics are appended to, and that can be reopened after it was moved away. */
public final class LogFile extends OutputStream {
    private final String name;
    private FileOutputStream out;

    public LogFile(String name) throws FileNotFoundException {
        this.name = name;
        this.out = new FileOutputStream(name, true);
    }

    public synchronized void reopen() throws IOException {
        FileOutputStream next = new FileOutputStream(name, true);
        out.close();
        out = next;
    }

    @Override
    public synchronized void write(int b) throws IOException {
        out.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
