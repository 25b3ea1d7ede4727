package io.deepsentry.text.pattern;

/**
 * The correlation of numbers with their lines, in one pass and mergeable: means and moments as Chan, Golub and LeVeque
 * (1979) update them. One thread at a time.
 */
final class Trend {
    private double count;
    private double meanNumber;
    private double meanLine;
    private double squaresOfNumber;
    private double squaresOfLine;
    private double products;

    void add(double number, double line) {
        if (!Double.isFinite(number)) {
            return;
        }
        count++;
        double byNumber = number - meanNumber;
        double byLine = line - meanLine;
        meanNumber += byNumber / count;
        meanLine += byLine / count;
        squaresOfNumber += byNumber * (number - meanNumber);
        squaresOfLine += byLine * (line - meanLine);
        products += byNumber * (line - meanLine);
    }

    void addAll(Trend other) {
        if (other.count == 0) {
            return;
        }
        double all = count + other.count;
        double byNumber = other.meanNumber - meanNumber;
        double byLine = other.meanLine - meanLine;
        double weight = count * other.count / all;
        squaresOfNumber += other.squaresOfNumber + byNumber * byNumber * weight;
        squaresOfLine += other.squaresOfLine + byLine * byLine * weight;
        products += other.products + byNumber * byLine * weight;
        meanNumber += byNumber * other.count / all;
        meanLine += byLine * other.count / all;
        count = all;
    }

    /** From -1 to 1; 0 if the numbers or the lines do not differ. */
    double correlation() {
        double scale = Math.sqrt(squaresOfNumber) * Math.sqrt(squaresOfLine);
        double correlation = products / scale;
        return scale > 0 && Double.isFinite(correlation) ? correlation : 0;
    }
}
