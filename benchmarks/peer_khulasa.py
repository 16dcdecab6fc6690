"""Where the measured program begins. Like khulasa/__main__.py it imports nothing early: its workers import it anew."""

if __name__ == "__main__":
    from benchmarks.khulasa_rounds import main

    main()
